#ifndef CATTUNE_KERNELS_H
#define CATTUNE_KERNELS_H

#include "attune_average.h"
#include "attune_curves.h"

// Inner loops of dense linear algebra and of covariance functions: Docs/Decisions/0014-linear-algebra.md.
//
// Matrices are row-major with `stride` doubles a row, a multiple of 8, at least the number of columns; what stands between the columns
// and the stride is read and written, and means nothing, as does what stands below the diagonal of an upper triangle.
// Each sum is taken in one fixed order, so that every processor gives the same bits.

// The upper triangle of a symmetric matrix becomes its factor U, with Uᵀ U the matrix.
// Returns -1, or the first row whose pivot is not positive (the matrix is then spoilt).
long attune_cholesky(double *matrix, long n, long stride);

// b becomes z with Uᵀ z = b; b has `stride` doubles.
void attune_solve_transposed(const double *factor, long n, long stride, double *b);

// z becomes x with U x = z; z has `stride` doubles.
void attune_solve(const double *factor, long n, long stride, double *z);

// b becomes Z with Uᵀ Z = B, for many right sides at once: B is n rows of `columns` doubles, a multiple of 8.
void attune_solve_transposed_many(const double *factor, long n, long stride, double *b, long columns);

// The upper triangle of (Uᵀ U)⁻¹ into `inverse`; `scratch` and `inverse` are as large as the factor.
void attune_inverse(const double *factor, long n, long stride, double *scratch, double *inverse);

// Σ x y over n, a multiple of 8.
double attune_dot(const double *x, const double *y, long n);

// target += Σ c[k] rows[k], over `columns` doubles, a multiple of 8.
void attune_combine(double *target, const double *rows, long count, long stride, const double *c, long columns);

// Points in the columns of an axis-major table: axis a of point j stands at columns[a * stride + j].
// An axis contributes w (x − y)² to a squared distance, or w where x ≠ y when it is unordered.
typedef struct {
  const double *columns;
  const unsigned char *unordered;
  long axes, stride;
} attune_points;

typedef enum { attune_gaussian = 0, attune_matern = 1 } attune_covariance_kind;

// Covariances of one point with the points first ..< end (both multiples of 8), of variance 1, and their slopes by squared distance.
void attune_covariances(
  attune_covariance_kind kind, attune_points points, const double *weights, const double *point, long first, long end, double *value,
  double *slope);

// sums[a] += Σ h[j] δ²ₐ(point, points[j]), over first ..< end, for every axis (weights left out).
void attune_distance_sums(attune_points points, const double *point, long first, long end, const double *h, double *sums);

#endif
