#ifndef CATTUNE_EXPONENTIALS_H
#define CATTUNE_EXPONENTIALS_H

#include "vectors.h"

// Eight exponentials and logarithms at once, over the whole range of doubles but for subnormal numbers, which count as 0; within two units
// in the last place. Not a number stays so; nothing is read from tables, and there are no branches.

// Where `mask` is all ones the first, elsewhere the second.
#define CHOSEN(mask, first, second) ((d8)(((i8)(first) & (mask)) | ((i8)(second) & ~(mask))))
#define EVERYWHERE(x) ((d8){0} + (x))
// Adding it rounds to an integer, which then stands in the lowest bits.
#define ROUNDING 6755399441055744.0
#define LN2_HIGH 6.93147180369123816490e-01
#define LN2_LOW 1.90821492927058770002e-10

// e^x = 2^k e^r with |r| ≤ ½ ln 2, and Taylor's series for e^r.
INLINE void exponentiate(d8 *target) {
  d8 x = *target;
  i8 is_high = x > 709.78, is_low = x < -707.0;
  d8 inside = CHOSEN(is_high | is_low, (d8){0}, x);
  d8 shifted = inside * 1.4426950408889634 + ROUNDING;
  d8 k = shifted - ROUNDING;
  d8 r = (inside - k * LN2_HIGH) - k * LN2_LOW;
  // In pairs (Estrin's scheme): a chain of one term after the other would leave the processor waiting.
  d8 r2 = r * r, r4 = r2 * r2;
  d8 low = (0.5 + r * (1.0 / 6)) + r2 * (1.0 / 24 + r * (1.0 / 120));
  d8 middle = (1.0 / 720 + r * (1.0 / 5040)) + r2 * (1.0 / 40320 + r * (1.0 / 362880));
  d8 high = (1.0 / 3628800 + r * (1.0 / 39916800)) + r2 * (1.0 / 479001600 + r * (1.0 / 6227020800));
  d8 p = r + r2 * (low + r4 * (middle + r4 * high));
  p = p + 1;
  // Twice half of the power: 2^1024 does not exist, and e^709.7 does.
  d8 scaled = (d8)((i8)p + (((i8)shifted - 1) << 52)) * 2;
  scaled = CHOSEN(is_high, EVERYWHERE(__builtin_inf()), CHOSEN(is_low, (d8){0}, scaled));
  *target = CHOSEN(x == x, scaled, x);
}

// ln x = e ln 2 + ln m with √½ ≤ m < √2, and the series of artanh for ln m.
INLINE void take_logarithm(d8 *target) {
  d8 x = *target;
  const i8 root = (i8){0} + 0x3FE6A09E667F3BCDLL;
  i8 above = ((i8)x - root) & (i8)((i8){0} + (long long)0xFFF0000000000000ULL);
  d8 m = (d8)((i8)x - above);
  // The exponent as a double: its bits, shifted without sign, stand in the lowest bits of a large number.
  typedef unsigned long long u8 __attribute__((vector_size(64), aligned(8), may_alias));
  i8 biased = (i8)(((u8)above + (u8)((u8){0} + 0x4000000000000000ULL)) >> 52);
  d8 e = ((d8)(biased + ((i8){0} + 0x4330000000000000LL)) - 4503599627370496.0) - 1024.0;
  d8 f = m - 1;
  d8 s = f / (2 + f);
  d8 z = s * s;
  d8 z2 = z * z, z4 = z2 * z2;
  d8 low = (1.0 / 3 + z * (1.0 / 5)) + z2 * (1.0 / 7 + z * (1.0 / 9));
  d8 middle = (1.0 / 11 + z * (1.0 / 13)) + z2 * (1.0 / 15 + z * (1.0 / 17));
  d8 p = low + z4 * (middle + z4 * (1.0 / 19 + z * (1.0 / 21)));
  // ln m = f − (f²/2 − s (f²/2 + 2 z p)): f is exact, and what is subtracted is small.
  d8 half = 0.5 * f * f;
  d8 result = e * LN2_HIGH + (f - ((half - s * (half + 2 * z * p)) - e * LN2_LOW));
  i8 is_zero = (x >= 0) & (x < 2.2250738585072014e-308);
  result = CHOSEN(is_zero, EVERYWHERE(-__builtin_inf()), result);
  result = CHOSEN(x < 0, EVERYWHERE(__builtin_nan("")), result);
  *target = CHOSEN((x == x) & (x < __builtin_inf()), result, x);
}

#endif
