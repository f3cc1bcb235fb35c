// Recursion, comparisons and branches that cannot be foreseen.
#define LENGTH_MAX 65536

static int values[LENGTH_MAX];

static void sort(int *a, int low, int high) {
  while (low < high) {
    int pivot = a[(low + high) / 2], i = low, j = high;
    while (i <= j) {
      while (a[i] < pivot) i++;
      while (a[j] > pivot) j--;
      if (i <= j) {
        int t = a[i];
        a[i++] = a[j];
        a[j--] = t;
      }
    }
    if (j - low < high - i) {
      sort(a, low, j);
      low = i;
    } else {
      sort(a, i, high);
      high = j;
    }
  }
}

__attribute__((export_name("run"))) unsigned run(unsigned length) {
  unsigned seed = 12345;
  for (unsigned i = 0; i < length; i++) {
    seed = seed * 1664525u + 1013904223u;
    values[i] = (int)(seed >> 1);
  }
  sort(values, 0, (int)length - 1);
  unsigned sum = 0;
  for (unsigned i = 0; i < length; i += 7) sum = sum * 31 + (unsigned)values[i];
  return sum;
}
