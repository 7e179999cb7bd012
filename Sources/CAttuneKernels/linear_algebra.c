#include <math.h>
#include <string.h>

#include "CAttuneKernels.h"
#include "vectors.h"

#define PANEL 8

// target += Σ c[r] rows[r], over `PANEL` rows and the columns first ..< end.
INLINE void add_panel(double *target, const double *rows, long stride, const double *c, long first, long end) {
  for (long j = first; j < end; j += 8) {
    d8 sum = AT(target + j);
    for (int r = 0; r < PANEL; r++) sum += c[r] * OF(rows + r * stride + j);
    AT(target + j) = sum;
  }
}

// The same for two targets at once: each row is then loaded once for both.
INLINE void add_panel_twice(
  double *one, double *two, const double *rows, long stride, const double *c, const double *e, long first, long end) {
  for (long j = first; j < end; j += 8) {
    d8 sum = AT(one + j), other = AT(two + j);
    for (int r = 0; r < PANEL; r++) {
      d8 row = OF(rows + r * stride + j);
      sum += c[r] * row;
      other += e[r] * row;
    }
    AT(one + j) = sum;
    AT(two + j) = other;
  }
}

// target −= Σ matrix[k0 + r][i] rows[r]: what a finished panel takes from the rows below it.
INLINE void take_panel(
  double *targets, long target_stride, const double *factor, long stride, long k0, long n, const double *rows, long row_stride, long columns,
  int is_triangle) {
  double c[PANEL], e[PANEL];
  for (long i = k0 + PANEL; i < n; i += 2) {
    long first = is_triangle ? i & ~7L : 0;
    for (int r = 0; r < PANEL; r++) c[r] = -factor[(k0 + r) * stride + i];
    if (i + 1 == n) {
      add_panel(targets + i * target_stride, rows, row_stride, c, first, columns);
    } else {
      for (int r = 0; r < PANEL; r++) e[r] = -factor[(k0 + r) * stride + i + 1];
      add_panel_twice(targets + i * target_stride, targets + (i + 1) * target_stride, rows, row_stride, c, e, first, columns);
    }
  }
}

INLINE long smaller(long a, long b) { return a < b ? a : b; }

MANY_TARGETS long attune_cholesky(double *matrix, long n, long stride) {
  for (long k0 = 0; k0 < n; k0 += PANEL) {
    for (long k = k0; k < smaller(k0 + PANEL, n); k++) {
      double *row = matrix + k * stride;
      for (long r = k0; r < k; r++) {
        double c = matrix[r * stride + k];
        for (long j = k0; j < stride; j += 8) AT(row + j) -= c * OF(matrix + r * stride + j);
      }
      if (!(row[k] > 0)) return k;
      double scale = 1 / sqrt(row[k]);
      for (long j = k0; j < stride; j += 8) AT(row + j) *= scale;
    }
    if (k0 + PANEL < n) take_panel(matrix, stride, matrix, stride, k0, n, matrix + k0 * stride, stride, stride, 1);
  }
  return -1;
}

MANY_TARGETS void attune_solve_transposed(const double *factor, long n, long stride, double *b) {
  for (long k0 = 0; k0 < n; k0 += PANEL) {
    double c[PANEL];
    for (long k = k0; k < smaller(k0 + PANEL, n); k++) {
      for (long r = k0; r < k; r++) b[k] -= factor[r * stride + k] * b[r];
      b[k] /= factor[k * stride + k];
      c[k - k0] = -b[k];
    }
    if (k0 + PANEL < n) add_panel(b, factor + k0 * stride, stride, c, k0 + PANEL, stride);
  }
}

MANY_TARGETS void attune_solve(const double *factor, long n, long stride, double *z) {
  for (long j = n; j < stride; j++) z[j] = 0;
  for (long k = n - 1; k >= 0; k--) {
    const double *row = factor + k * stride;
    long next = (k & ~7L) + 8;
    d8 sums = {0};
    for (long j = next; j < stride; j += 8) sums += OF(row + j) * OF(z + j);
    double sum = sum_of(&sums);
    for (long j = k + 1; j < smaller(next, n); j++) sum += row[j] * z[j];
    z[k] = (z[k] - sum) / row[k];
  }
}

MANY_TARGETS void attune_solve_transposed_many(const double *factor, long n, long stride, double *b, long columns) {
  for (long k0 = 0; k0 < n; k0 += PANEL) {
    for (long k = k0; k < smaller(k0 + PANEL, n); k++) {
      double *row = b + k * columns, scale = 1 / factor[k * stride + k];
      for (long r = k0; r < k; r++) {
        double c = factor[r * stride + k];
        for (long j = 0; j < columns; j += 8) AT(row + j) -= c * OF(b + r * columns + j);
      }
      for (long j = 0; j < columns; j += 8) AT(row + j) *= scale;
    }
    if (k0 + PANEL < n) take_panel(b, columns, factor, stride, k0, n, b + k0 * columns, columns, columns, 0);
  }
}

// U⁻ᵀ, a lower triangle: forward substitution for the unit matrix, whose zeros stay to the right of the diagonal.
INLINE void invert_transposed(const double *factor, long n, long stride, double *lower) {
  memset(lower, 0, sizeof(double) * n * stride);
  for (long i = 0; i < n; i++) lower[i * stride + i] = 1;
  for (long k0 = 0; k0 < n; k0 += PANEL) {
    for (long k = k0; k < smaller(k0 + PANEL, n); k++) {
      double *row = lower + k * stride, scale = 1 / factor[k * stride + k];
      for (long r = k0; r < k; r++) {
        double c = factor[r * stride + k];
        for (long j = 0; j < k0 + PANEL; j += 8) AT(row + j) -= c * OF(lower + r * stride + j);
      }
      for (long j = 0; j < k0 + PANEL; j += 8) AT(row + j) *= scale;
    }
    if (k0 + PANEL < n) take_panel(lower, stride, factor, stride, k0, n, lower + k0 * stride, stride, k0 + PANEL, 0);
  }
}

MANY_TARGETS void attune_inverse(const double *factor, long n, long stride, double *scratch, double *inverse) {
  invert_transposed(factor, n, stride, scratch);
  memset(inverse, 0, sizeof(double) * n * stride);
  for (long k0 = 0; k0 < n; k0 += PANEL) {
    long rows = smaller(PANEL, n - k0), end = smaller(k0 + PANEL, n);
    const double *panel = scratch + k0 * stride;
    for (long i = 0; i < end; i++) {
      double c[PANEL];
      for (long r = 0; r < rows; r++) c[r] = panel[r * stride + i];
      double *target = inverse + i * stride;
      if (rows == PANEL) {
        add_panel(target, panel, stride, c, i & ~7L, k0 + PANEL);
      } else {
        for (long r = 0; r < rows; r++)
          for (long j = i & ~7L; j < k0 + PANEL; j += 8) AT(target + j) += c[r] * OF(panel + r * stride + j);
      }
    }
  }
}

MANY_TARGETS double attune_dot(const double *x, const double *y, long n) {
  d8 sums = {0};
  for (long j = 0; j < n; j += 8) sums += OF(x + j) * OF(y + j);
  return sum_of(&sums);
}

MANY_TARGETS void attune_combine(double *target, const double *rows, long count, long stride, const double *c, long columns) {
  long k = 0;
  for (; k + PANEL <= count; k += PANEL) add_panel(target, rows + k * stride, stride, c + k, 0, columns);
  for (; k < count; k++)
    for (long j = 0; j < columns; j += 8) AT(target + j) += c[k] * OF(rows + k * stride + j);
}
