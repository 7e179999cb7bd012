#include "CAttuneKernels.h"
#include "vectors.h"

// e^x for x ≤ 0, to about 1e-15: 2^k · e^r with |r| ≤ ½ ln 2, and Taylor's series for e^r.
INLINE void exponential(d8 *target) {
  d8 x = *target;
  const double log2e = 1.4426950408889634, high = 6.93147180369123816490e-01, low = 1.90821492927058770002e-10;
  // Adding it rounds to an integer, which then stands in the lowest bits.
  const double magic = 6755399441055744.0;
  d8 least = (d8){0} - 700;
  i8 is_low = x < least;
  x = (d8)(((i8)least & is_low) | ((i8)x & ~is_low));
  d8 shifted = x * log2e + magic;
  d8 k = shifted - magic;
  d8 r = (x - k * high) - k * low;
  d8 p = r * (1.0 / 479001600) + 1.0 / 39916800;
  p = p * r + 1.0 / 3628800;
  p = p * r + 1.0 / 362880;
  p = p * r + 1.0 / 40320;
  p = p * r + 1.0 / 5040;
  p = p * r + 1.0 / 720;
  p = p * r + 1.0 / 120;
  p = p * r + 1.0 / 24;
  p = p * r + 1.0 / 6;
  p = p * r + 0.5;
  p = p * r + 1;
  p = p * r + 1;
  *target = (d8)((i8)p + ((i8)shifted << 52));
}

// The compiler turns this loop into the processor's instruction.
INLINE void take_root(d8 *target) {
  for (int i = 0; i < 8; i++) (*target)[i] = __builtin_sqrt((*target)[i]);
}

INLINE void add_squared_differences(d8 *target, double weight, const double *column, int is_unordered, double at) {
  d8 other = OF(column);
  if (is_unordered) {
    i8 differs = other != ((d8){0} + at);
    *target += (d8)((i8)((d8){0} + weight) & differs);
  } else {
    d8 difference = other - at;
    *target += weight * (difference * difference);
  }
}

MANY_TARGETS void attune_covariances(
  attune_covariance_kind kind, attune_points points, const double *weights, const double *point, long first, long end, double *value,
  double *slope) {
  for (long j = first; j < end; j += 8) {
    d8 distance = {0};
    for (long a = 0; a < points.axes; a++) 
      add_squared_differences(&distance, weights[a], points.columns + a * points.stride + j, points.unordered[a], point[a]);
    if (kind == attune_gaussian) {
      d8 k = -0.5 * distance;
      exponential(&k);
      AT(value + j) = k;
      AT(slope + j) = -0.5 * k;
    } else {
      d8 s = 5 * distance;
      take_root(&s);
      d8 tail = -s;
      exponential(&tail);
      AT(value + j) = (1 + s + s * s * (1.0 / 3)) * tail;
      AT(slope + j) = (-5.0 / 6) * (1 + s) * tail;
    }
  }
}

MANY_TARGETS void attune_distance_sums(
  attune_points points, const double *point, long first, long end, const double *h, double *sums) {
  for (long a = 0; a < points.axes; a++) {
    d8 sum = {0};
    for (long j = first; j < end; j += 8) {
      d8 squares = {0};
      add_squared_differences(&squares, 1, points.columns + a * points.stride + j, points.unordered[a], point[a]);
      sum += OF(h + j) * squares;
    }
    sums[a] += sum_of(&sum);
  }
}
