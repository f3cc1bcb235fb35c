import { type NanRule, type OpcodeGroup, PREFIX_FD } from "./opcode.ts";

const F32X4: NanRule = { makes: "f32x4", tolerates: "f32x4" };
const F64X2: NanRule = { makes: "f64x2", tolerates: "f64x2" };
const LOOKS_F32X4: NanRule = { tolerates: "f32x4" };
const LOOKS_F64X2: NanRule = { tolerates: "f64x2" };

/** Instructions of one shape from `first` on; `-` marks a code that is none. */
function group(
  first: number,
  shape: string,
  names: string,
  signature: string,
  rest: Partial<OpcodeGroup> = {},
): OpcodeGroup {
  const full = names
    .split(" ")
    .map((name) => (name === "-" || shape === "" ? name : `${shape}.${name}`))
    .join(" ");
  return { first: PREFIX_FD + first, names: full, signature, price: "simd", ...rest };
}

/** Fixed-width SIMD: 236 instructions after the prefix `0xfd` (core specification, section 5.4.9). */
export const SIMD_GROUPS: readonly OpcodeGroup[] = [
  group(
    0,
    "v128",
    "load load8x8_s load8x8_u load16x4_s load16x4_u load32x2_s load32x2_u load8_splat load16_splat load32_splat load64_splat",
    "i:v",
    { price: "load", immediate: "memarg" },
  ),
  group(11, "v128", "store", "iv:", { price: "store", immediate: "memarg" }),
  group(12, "v128", "const", ":v", { price: "local", immediate: "v128" }),
  group(13, "i8x16", "shuffle", "vv:v", { immediate: "lanes" }),
  group(14, "i8x16", "swizzle", "vv:v"),
  group(15, "", "i8x16.splat i16x8.splat i32x4.splat", "i:v"),
  group(18, "i64x2", "splat", "I:v"),
  group(19, "f32x4", "splat", "f:v"),
  group(20, "f64x2", "splat", "F:v"),
  group(21, "i8x16", "extract_lane_s extract_lane_u", "v:i", { immediate: "lane" }),
  group(23, "i8x16", "replace_lane", "vi:v", { immediate: "lane" }),
  group(24, "i16x8", "extract_lane_s extract_lane_u", "v:i", { immediate: "lane" }),
  group(26, "i16x8", "replace_lane", "vi:v", { immediate: "lane" }),
  group(27, "i32x4", "extract_lane", "v:i", { immediate: "lane" }),
  group(28, "i32x4", "replace_lane", "vi:v", { immediate: "lane" }),
  group(29, "i64x2", "extract_lane", "v:I", { immediate: "lane" }),
  group(30, "i64x2", "replace_lane", "vI:v", { immediate: "lane" }),
  group(31, "f32x4", "extract_lane", "v:f", { immediate: "lane" }),
  group(32, "f32x4", "replace_lane", "vf:v", { immediate: "lane" }),
  group(33, "f64x2", "extract_lane", "v:F", { immediate: "lane" }),
  group(34, "f64x2", "replace_lane", "vF:v", { immediate: "lane" }),
  group(35, "i8x16", "eq ne lt_s lt_u gt_s gt_u le_s le_u ge_s ge_u", "vv:v"),
  group(45, "i16x8", "eq ne lt_s lt_u gt_s gt_u le_s le_u ge_s ge_u", "vv:v"),
  group(55, "i32x4", "eq ne lt_s lt_u gt_s gt_u le_s le_u ge_s ge_u", "vv:v"),
  group(65, "f32x4", "eq ne lt gt le ge", "vv:v", { nan: LOOKS_F32X4 }),
  group(71, "f64x2", "eq ne lt gt le ge", "vv:v", { nan: LOOKS_F64X2 }),
  group(77, "v128", "not", "v:v"),
  group(78, "v128", "and andnot or xor", "vv:v"),
  group(82, "v128", "bitselect", "vvv:v"),
  group(83, "v128", "any_true", "v:i"),
  group(84, "v128", "load8_lane load16_lane load32_lane load64_lane", "iv:v", {
    price: "load",
    immediate: "memargLane",
  }),
  group(88, "v128", "store8_lane store16_lane store32_lane store64_lane", "iv:", {
    price: "store",
    immediate: "memargLane",
  }),
  group(92, "v128", "load32_zero load64_zero", "i:v", { price: "load", immediate: "memarg" }),
  group(94, "f32x4", "demote_f64x2_zero", "v:v", { nan: { makes: "f32x4", tolerates: "f64x2" } }),
  group(95, "f64x2", "promote_low_f32x4", "v:v", { nan: { makes: "f64x2", tolerates: "f32x4" } }),
  group(96, "i8x16", "abs neg popcnt", "v:v"),
  group(99, "i8x16", "all_true bitmask", "v:i"),
  group(101, "i8x16", "narrow_i16x8_s narrow_i16x8_u", "vv:v"),
  group(103, "f32x4", "ceil floor trunc nearest", "v:v", { nan: F32X4 }),
  group(107, "i8x16", "shl shr_s shr_u", "vi:v", { price: "simdSlow" }),
  group(110, "i8x16", "add add_sat_s add_sat_u sub sub_sat_s sub_sat_u", "vv:v"),
  group(116, "f64x2", "ceil floor", "v:v", { nan: F64X2 }),
  group(118, "i8x16", "min_s min_u max_s max_u", "vv:v"),
  group(122, "f64x2", "trunc", "v:v", { nan: F64X2 }),
  group(123, "i8x16", "avgr_u", "vv:v"),
  group(
    124,
    "",
    "i16x8.extadd_pairwise_i8x16_s i16x8.extadd_pairwise_i8x16_u i32x4.extadd_pairwise_i16x8_s i32x4.extadd_pairwise_i16x8_u",
    "v:v",
  ),
  group(128, "i16x8", "abs neg", "v:v"),
  group(130, "i16x8", "q15mulr_sat_s", "vv:v"),
  group(131, "i16x8", "all_true bitmask", "v:i"),
  group(133, "i16x8", "narrow_i32x4_s narrow_i32x4_u", "vv:v"),
  group(
    135,
    "i16x8",
    "extend_low_i8x16_s extend_high_i8x16_s extend_low_i8x16_u extend_high_i8x16_u",
    "v:v",
  ),
  group(139, "i16x8", "shl shr_s shr_u", "vi:v"),
  group(142, "i16x8", "add add_sat_s add_sat_u sub sub_sat_s sub_sat_u", "vv:v"),
  group(148, "f64x2", "nearest", "v:v", { nan: F64X2 }),
  group(
    149,
    "i16x8",
    "mul min_s min_u max_s max_u - avgr_u extmul_low_i8x16_s extmul_high_i8x16_s extmul_low_i8x16_u extmul_high_i8x16_u",
    "vv:v",
  ),
  group(160, "i32x4", "abs neg", "v:v"),
  group(163, "i32x4", "all_true bitmask", "v:i"),
  group(
    167,
    "i32x4",
    "extend_low_i16x8_s extend_high_i16x8_s extend_low_i16x8_u extend_high_i16x8_u",
    "v:v",
  ),
  group(171, "i32x4", "shl shr_s shr_u", "vi:v"),
  group(
    174,
    "i32x4",
    "add - - sub - - - mul min_s min_u max_s max_u dot_i16x8_s - extmul_low_i16x8_s extmul_high_i16x8_s extmul_low_i16x8_u extmul_high_i16x8_u",
    "vv:v",
  ),
  group(192, "i64x2", "abs neg", "v:v"),
  group(195, "i64x2", "all_true bitmask", "v:i"),
  group(
    199,
    "i64x2",
    "extend_low_i32x4_s extend_high_i32x4_s extend_low_i32x4_u extend_high_i32x4_u",
    "v:v",
  ),
  group(203, "i64x2", "shl shr_s shr_u", "vi:v"),
  group(206, "i64x2", "add - - sub", "vv:v"),
  group(213, "i64x2", "mul", "vv:v", { price: "simdSlow" }),
  group(
    214,
    "i64x2",
    "eq ne lt_s gt_s le_s ge_s extmul_low_i32x4_s extmul_high_i32x4_s extmul_low_i32x4_u extmul_high_i32x4_u",
    "vv:v",
  ),
  group(224, "f32x4", "abs neg", "v:v"),
  group(227, "f32x4", "sqrt", "v:v", { price: "simdSlow", nan: F32X4 }),
  group(228, "f32x4", "add sub mul", "vv:v", { nan: F32X4 }),
  group(231, "f32x4", "div", "vv:v", { price: "simdSlow", nan: F32X4 }),
  group(232, "f32x4", "min max", "vv:v", { price: "simdSlow", nan: F32X4 }),
  group(234, "f32x4", "pmin pmax", "vv:v"),
  group(236, "f64x2", "abs neg", "v:v"),
  group(239, "f64x2", "sqrt", "v:v", { price: "simdSlow", nan: F64X2 }),
  group(240, "f64x2", "add sub mul", "vv:v", { nan: F64X2 }),
  group(243, "f64x2", "div", "vv:v", { price: "simdSlow", nan: F64X2 }),
  group(244, "f64x2", "min max", "vv:v", { price: "simdSlow", nan: F64X2 }),
  group(246, "f64x2", "pmin pmax", "vv:v"),
  group(248, "i32x4", "trunc_sat_f32x4_s trunc_sat_f32x4_u", "v:v", {
    price: "simdSlow",
    nan: LOOKS_F32X4,
  }),
  group(250, "f32x4", "convert_i32x4_s convert_i32x4_u", "v:v", { price: "simdSlow" }),
  group(252, "i32x4", "trunc_sat_f64x2_s_zero trunc_sat_f64x2_u_zero", "v:v", {
    price: "simdSlow",
    nan: LOOKS_F64X2,
  }),
  group(254, "f64x2", "convert_low_i32x4_s convert_low_i32x4_u", "v:v", { price: "simdSlow" }),
];
