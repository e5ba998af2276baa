// Read from the WGSL of this folder by src/gpu/shaders.test.ts, which also renews it (-u). Not edited by hand.
import { shader } from "../shader";
import attentionText from "./attention.wgsl?raw";
import attentionBuffersText from "./attention_buffers.wgsl?raw";
import attentionDeltaText from "./attention_delta.wgsl?raw";
import attentionGradBuffersText from "./attention_grad_buffers.wgsl?raw";
import attentionGradKvText from "./attention_grad_kv.wgsl?raw";
import attentionGradKvWideText from "./attention_grad_kv_wide.wgsl?raw";
import attentionGradQText from "./attention_grad_q.wgsl?raw";
import attentionGradQWideText from "./attention_grad_q_wide.wgsl?raw";
import attentionWideText from "./attention_wide.wgsl?raw";
import keysNoSubgroupsText from "./keys_no_subgroups.wgsl?raw";
import keysQuadText from "./keys_quad.wgsl?raw";
import noSubgroupsText from "./no_subgroups.wgsl?raw";
import qkvRopeText from "./qkv_rope.wgsl?raw";
import qkvRopeAnyText from "./qkv_rope_any.wgsl?raw";
import qkvRopeBuffersText from "./qkv_rope_buffers.wgsl?raw";
import qkvRopeGradText from "./qkv_rope_grad.wgsl?raw";
import qkvRopeGradAnyText from "./qkv_rope_grad_any.wgsl?raw";
import qkvRopeTurnText from "./qkv_rope_turn.wgsl?raw";
import quadText from "./quad.wgsl?raw";
import rowsNoSubgroupsText from "./rows_no_subgroups.wgsl?raw";
import rowsQuadText from "./rows_quad.wgsl?raw";
import seenKeysText from "./seen_keys.wgsl?raw";
import windowRowsText from "./window_rows.wgsl?raw";

export const attention = /* @__PURE__ */ shader(attentionText, {}, []);

export const attentionBuffers = /* @__PURE__ */ shader(attentionBuffersText,
  { 0: ["q", "read", "vec4f"], 1: ["k", "read", "vec4f"], 2: ["v", "read", "vec4f"], 3: ["rows", "read", "Row"], 4: ["o", "write", "vec4f"], 5: ["lse", "write", "f32"] },
  [["rows", "u32"], ["heads", "u32"], ["kvHeads", "u32"], ["scale", "f32"]]);

export const attentionDelta = /* @__PURE__ */ shader(attentionDeltaText,
  { 0: ["dO", "read", "vec4f"], 1: ["o", "read", "vec4f"], 2: ["delta", "write", "f32"] },
  [["count", "u32"]]);

export const attentionGradBuffers = /* @__PURE__ */ shader(attentionGradBuffersText,
  { 0: ["q", "read", "vec4f"], 1: ["k", "read", "vec4f"], 2: ["v", "read", "vec4f"], 3: ["dO", "read", "vec4f"], 4: ["lse", "read", "f32"], 5: ["delta", "read", "f32"], 6: ["rows", "read", "Row"] },
  [["rows", "u32"], ["heads", "u32"], ["kvHeads", "u32"], ["scale", "f32"]]);

export const attentionGradKv = /* @__PURE__ */ shader(attentionGradKvText,
  { 7: ["dkv", "write", "vec4f"] },
  []);

export const attentionGradKvWide = /* @__PURE__ */ shader(attentionGradKvWideText,
  { 7: ["dkv", "write", "vec4f"] },
  []);

export const attentionGradQ = /* @__PURE__ */ shader(attentionGradQText,
  { 7: ["dq", "write", "vec4f"] },
  []);

export const attentionGradQWide = /* @__PURE__ */ shader(attentionGradQWideText,
  { 7: ["dq", "write", "vec4f"] },
  []);

export const attentionWide = /* @__PURE__ */ shader(attentionWideText, {}, []);

export const keysNoSubgroups = /* @__PURE__ */ shader(keysNoSubgroupsText, {}, []);

export const keysQuad = /* @__PURE__ */ shader(keysQuadText, {}, []);

export const noSubgroups = /* @__PURE__ */ shader(noSubgroupsText, {}, []);

export const qkvRope = /* @__PURE__ */ shader(qkvRopeText,
  { 5: ["q", "write", "vec4f"], 6: ["k", "write", "vec4f"], 7: ["v", "write", "vec4f"] },
  []);

export const qkvRopeAny = /* @__PURE__ */ shader(qkvRopeAnyText,
  { 5: ["q", "write", "vec4f"], 6: ["k", "write", "vec4f"], 7: ["v", "write", "vec4f"] },
  []);

export const qkvRopeBuffers = /* @__PURE__ */ shader(qkvRopeBuffersText,
  { 0: ["qkv", "read", "vec4f"], 1: ["rows", "read", "Row"], 2: ["qNorm", "read", "vec4f"], 3: ["kNorm", "read", "vec4f"], 4: ["table", "read", "vec4f"] },
  [["rows", "u32"], ["heads", "u32"], ["kvHeads", "u32"], ["headDim", "u32"], ["qkNorm", "u32"], ["eps", "f32"], ["parts", "u32"]]);

export const qkvRopeGrad = /* @__PURE__ */ shader(qkvRopeGradText,
  { 5: ["dq", "read", "vec4f"], 6: ["dkv", "read", "vec4f"], 7: ["dqkv", "write", "vec4f"] },
  []);

export const qkvRopeGradAny = /* @__PURE__ */ shader(qkvRopeGradAnyText,
  { 5: ["dq", "read", "vec4f"], 6: ["dkv", "read", "vec4f"], 7: ["dqkv", "write", "vec4f"] },
  []);

export const qkvRopeTurn = /* @__PURE__ */ shader(qkvRopeTurnText, {}, []);

export const quad = /* @__PURE__ */ shader(quadText, {}, []);

export const rowsNoSubgroups = /* @__PURE__ */ shader(rowsNoSubgroupsText, {}, []);

export const rowsQuad = /* @__PURE__ */ shader(rowsQuadText, {}, []);

export const seenKeys = /* @__PURE__ */ shader(seenKeysText, {}, []);

export const windowRows = /* @__PURE__ */ shader(windowRowsText,
  { 0: ["rows", "read", "Row"], 1: ["windowed", "write", "Row"] },
  [["count", "u32"], ["window", "u32"]]);
