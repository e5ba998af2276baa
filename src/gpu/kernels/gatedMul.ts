// The gated activation of the feed-forward block and its gradient, with the gate's function of a family.
import { geluTanh, gatedMul, gatedMulGrad, silu } from "../../../shaders/activation/index";
import { thread } from "../../../shaders/common/index";
import { defineKernel, fold, remembered, type TensorsFor } from "../kernel";
import type { Recorder } from "../recorder";
import { expectShape } from "../tensor";
import { expectVectors } from "./vectors";

/** The gate's functions: WGSL of each, and multiply-adds an entry, forward and backward. */
const FUNCTIONS = {
  silu: { part: silu, cost: 8, gradCost: 12 },
  gelu_tanh: { part: geluTanh, cost: 12, gradCost: 18 },
};
export type GateFunction = keyof typeof FUNCTIONS;

const WG = 64;
const kernelOf = remembered((gate: GateFunction) =>
  defineKernel([thread, FUNCTIONS[gate].part, gatedMul], { overrides: { WG } }),
);
const gradKernelOf = remembered((gate: GateFunction) =>
  defineKernel([thread, FUNCTIONS[gate].part, gatedMulGrad], { overrides: { WG } }),
);

/**
 * act = f(gate) · up, f being silu or gelu_tanh. `gateUp` f32[T, 2I] (gate columns first), `act` f32[T, I] overwritten.
 * @throws ShapeError
 */
export function encodeGatedMul(
  rec: Recorder,
  gate: GateFunction,
  tensors: TensorsFor<ReturnType<typeof kernelOf>>,
): void {
  const [rows, inner] = expectShape(tensors.act, ["T", "I"]);
  expectShape(tensors.gateUp, [rows, 2 * inner]);
  expectVectors(tensors.act, inner);
  const count = (rows * inner) / 4;
  const work = FUNCTIONS[gate].cost * rows * inner;
  rec.dispatch(kernelOf(gate), { ...tensors, dims: { count, inner4: inner / 4 } }, foldOf(count), work);
}

/**
 * Gradients of f(gate) · up. `dAct` f32[T, I], `gateUp` f32[T, 2I] (gate columns first), `dGateUp` f32[T, 2I]
 * overwritten, same order.
 * @throws ShapeError
 */
export function encodeGatedMulGrad(
  rec: Recorder,
  gate: GateFunction,
  tensors: TensorsFor<ReturnType<typeof gradKernelOf>>,
): void {
  const [rows, inner] = expectShape(tensors.dAct, ["T", "I"]);
  expectShape(tensors.gateUp, [rows, 2 * inner]);
  expectShape(tensors.dGateUp, [rows, 2 * inner]);
  expectVectors(tensors.dAct, inner);
  const count = (rows * inner) / 4;
  const work = FUNCTIONS[gate].gradCost * rows * inner;
  rec.dispatch(gradKernelOf(gate), { ...tensors, dims: { count, inner4: inner / 4 } }, foldOf(count), work);
}

const foldOf = (count: number) => fold(Math.ceil(count / WG));
