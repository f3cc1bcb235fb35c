// Floating point, two operations an inner step.
#define SIZE_MAX 128

static double a[SIZE_MAX][SIZE_MAX], b[SIZE_MAX][SIZE_MAX], c[SIZE_MAX][SIZE_MAX];

__attribute__((export_name("run"))) unsigned run(unsigned size) {
  for (unsigned i = 0; i < size; i++)
    for (unsigned j = 0; j < size; j++) {
      a[i][j] = (double)(i + j) * 0.5;
      b[i][j] = (double)(i * j % 17) - 3.25;
    }
  for (unsigned i = 0; i < size; i++)
    for (unsigned j = 0; j < size; j++) {
      double sum = 0;
      for (unsigned k = 0; k < size; k++) sum += a[i][k] * b[k][j];
      c[i][j] = sum;
    }
  double trace = 0;
  for (unsigned i = 0; i < size; i++) trace += c[i][i];
  return (unsigned)(long long)trace;
}
