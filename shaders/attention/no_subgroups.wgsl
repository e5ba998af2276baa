// The functions of quad.wgsl for devices without subgroups: every lane works for itself and shares nothing.
fn enter_quad(local: u32) {}
fn quad_least(x: u32) -> u32 { return x; }
fn order() -> vec4u { return vec4u(0u, 1u, 2u, 3u); }
