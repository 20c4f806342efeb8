/* Number types and elementary functions for engine.c, without a library. */

typedef unsigned char u8;
typedef int i32;
typedef unsigned u32;
typedef unsigned long long u64;
typedef __SIZE_TYPE__ usize;
typedef float f4 __attribute__((vector_size(16), may_alias)); /* four units side by side */
typedef u32 u4 __attribute__((vector_size(16), may_alias));

#define INLINE static inline __attribute__((always_inline))

INLINE f4 splat(float x) { return (f4){x, x, x, x}; }

INLINE f4 choose(u4 where, f4 a, f4 b) { return (f4)((where & (u4)a) | (~where & (u4)b)); }

/* e**x to 2 units in the last place; x is limited to [-87, 88]; NaN stays NaN. x = n ln 2 + r with |r| <= ln(2) / 2
   (W. Cody, W. Waite, "Software Manual for the Elementary Functions", 1980; ln 2 in two parts), then the Taylor
   polynomial of degree 7, whose remainder is r**8 / 8! < 6e-9. */
INLINE f4 exp4(f4 x) {
    x = choose((u4)(x < splat(-87.0f)), splat(-87.0f), x);
    x = choose((u4)(x > splat(88.0f)), splat(88.0f), x);
    const f4 rounder = splat(12582912.0f); /* 1.5 * 2**23: adding it rounds to a whole number, in the low bits */
    f4 shifted = x * splat(1.44269504f) + rounder;
    f4 n = shifted - rounder;
    f4 r = x - n * splat(0.693359375f) - n * splat(-2.12194440e-4f);
    f4 p = splat(1.0f / 5040);
    p = p * r + splat(1.0f / 720), p = p * r + splat(1.0f / 120), p = p * r + splat(1.0f / 24);
    p = p * r + splat(1.0f / 6), p = p * r + splat(0.5f), p = p * r + splat(1.0f), p = p * r + splat(1.0f);
    return p * (f4)(((u4)shifted + 127u) << 23); /* the exponent field of 2**n */
}

/* The natural logarithm of a positive normal number, to 1e-15: x = m * 2**n, m in [2/3, 4/3), and
   ln m = 2 artanh(s) = 2 (s + s**3 / 3 + s**5 / 5 + ...) with s = (m - 1) / (m + 1), |s| <= 1/5. */
static double ln(double x) {
    union { double value; u64 bits; } m = {x};
    if (!(x < 1e308)) return x + x; /* infinite or NaN */
    i32 n = (i32)(m.bits >> 52) - 1023;
    m.bits = (m.bits & 0xFFFFFFFFFFFFFull) | 0x3FF0000000000000ull;
    if (m.value >= 4.0 / 3) { m.value *= 0.5; n++; }
    double s = (m.value - 1) / (m.value + 1), s2 = s * s, sum = 0;
    for (i32 k = 21; k >= 1; k -= 2) sum = sum * s2 + 1.0 / k;
    return n * 0.69314718055994530942 + 2 * s * sum;
}
