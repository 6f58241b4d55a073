// A call keeps the vector registers that belong to its caller: xmm6 to xmm15 on Windows, d8 to d15
// on ARM. The library clears vector registers before it returns.
#include "../security/calls.h"

int main(void) {
  calls_setup();
  static const volatile double values[10] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
  for (int i = 0; i < CALLS; i++) {
    // An optimised build keeps these in registers across the call.
    double a = values[0], b = values[1], c = values[2], d = values[3], e = values[4], f = values[5],
           g = values[6], h = values[7], j = values[8], k = values[9];
    const bedrock_token_status status = run_call(i);
    snprintf(test_context, sizeof test_context, "(%s)", calls[i].name);
    CHECK(status == BEDROCK_TOKEN_OK);
    CHECK(a == values[0] && b == values[1] && c == values[2] && d == values[3] && e == values[4]);
    CHECK(f == values[5] && g == values[6] && h == values[7] && j == values[8] && k == values[9]);
  }
  printf("calls keep the registers of their caller\n");
}
