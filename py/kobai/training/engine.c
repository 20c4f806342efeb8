/* The training step of kobai.training.trainer, with backpropagation, for uint8 images.

   Freestanding C (GCC's vector extensions, no library, no static data that changes), compiled to a WebAssembly
   module and to a native library; kobai/training/c_engine.py is the only caller and checks every argument. Names are the
   book's (ch04/two_layer_net.py). What makes it fast:
   - Four fifths of MNIST's pixels are zero: products run over lists of the others.
   - Forward, a sample's list gives a1 = b1 + sum of x * W1[pixel]; backward, a pixel's list gives
     dW1[pixel] = sum of x * da1[sample]. Both are the same sum of rows, held in registers until it is complete.
   The numbers: params stay float64 and are updated in float64; the products work on a float32 copy of them
   (P. Micikevicius et al., "Mixed Precision Training", ICLR 2018). Every operation is IEEE 754 in a fixed
   order without fused multiply-add, so all machines give the same bits. */

#include "engine_math.h"

#define KERNEL static __attribute__((noinline)) /* entered once a batch: a browser optimises it after a few */
#ifdef _WIN32
#define EXPORT __attribute__((dllexport))
#else
#define EXPORT __attribute__((visibility("default")))
#endif

enum {
    INTERFACE = 2, /* changes with the exported functions' arguments; c_engine.py has the same number */
    CLASSES = 10,
    WHITE = 255, /* the largest pixel: divided by it, pixels are 0 to 1 */
    Y = 3,       /* f4s of a row of CLASSES; the last two lanes are padding */
    WIDEST = 8,  /* f4s of a row that weighted_sum keeps in registers at once */
    TILE = 64,   /* images that are looked at together when nothing is learned from them */
};

/* A float32 copy of the params, and what a batch needs. Rows of units are padded with zeros to f4s. */
typedef struct {
    i32 pixels, hidden, units; /* units: f4s of a row of hidden units */
    f4 *W1, *b1, *W2, *W2_T, *b2;
    f4 *z1;  /* (batch, units): a1, then z1 */
    f4 *da1; /* (batch, units): sigmoid_grad(a1), then da1 */
    f4 *y;   /* (batch, Y): a2, then y, then dy */
    f4 *row; /* (units,) */
    float *scale;                     /* k -> k / divisor: a pixel's value as the network gets it */
    u32 *by_sample, *sample_starts;   /* pixel << 8 | value, for all non-zero pixels, sample by sample */
    u32 *by_pixel, *pixel_starts;     /* sample << 8 | value, pixel by pixel */
} Net;

/* ---- workspace ---- */

#ifndef GUARD
#define GUARD(start, bytes) /* the tests let AddressSanitizer watch the gaps between arrays */
#endif

INLINE usize after(usize start, usize bytes) { return (start + bytes + 63) / 64 * 64 + 64; }

/* Lays a Net out from the address `start` on (0: only measures), for pixels divided by `divisor`; returns its end. */
static usize lay_out(Net *net, usize start, i32 pixels, i32 hidden, i32 batch, i32 divisor) {
    usize next = after(start, 0), units = ((usize)hidden + 3) / 4, samples = (usize)batch;
    usize row = units * sizeof(f4), entries = samples * (usize)pixels;
    net->pixels = pixels, net->hidden = hidden, net->units = (i32)units;
#define TAKE(array, bytes) \
    net->array = (void *)next, next = after(next, bytes); \
    if (start) { GUARD((usize)net->array + (bytes), next - (usize)net->array - (bytes)); }
    TAKE(W1, (usize)pixels * row);
    TAKE(b1, row);
    TAKE(W2, units * 4 * Y * sizeof(f4));
    TAKE(W2_T, CLASSES * row);
    TAKE(b2, Y * sizeof(f4));
    TAKE(z1, samples * row);
    TAKE(da1, samples * row);
    TAKE(y, samples * Y * sizeof(f4));
    TAKE(row, row);
    TAKE(scale, 256 * sizeof(float));
    TAKE(by_sample, (entries + 1) * sizeof(u32)); /* one more, which list_nonzero writes in vain */
    TAKE(sample_starts, (samples + 1) * sizeof(u32));
    TAKE(by_pixel, entries * sizeof(u32));
    TAKE(pixel_starts, ((usize)pixels + 2) * sizeof(u32));
#undef TAKE
    for (i32 k = 0; start && k < 256; k++) net->scale[k] = (float)k / (float)divisor;
    return next;
}

/* Row i of an array with `units` f4s a row. */
INLINE f4 *at(const Net *net, f4 *rows, i32 i) { return rows + (usize)i * (usize)net->units; }

/* A float64 row of n numbers as float32 in f4s, the rest zero. */
INLINE void pack(const double *from, i32 n, f4 *to, i32 vectors) {
    float *out = (float *)to;
    for (i32 j = 0; j < n; j++) out[j] = (float)from[j];
    for (i32 j = n; j < 4 * vectors; j++) out[j] = 0.0f;
}

static void pack_first(Net *net, const double *W1, const double *b1) {
    for (i32 p = 0; p < net->pixels; p++)
        pack(W1 + (usize)p * (usize)net->hidden, net->hidden, at(net, net->W1, p), net->units);
    pack(b1, net->hidden, net->b1, net->units);
}

static void pack_second(Net *net, const double *W2, const double *b2) {
    float *W2_T = (float *)net->W2_T;
    pack(b2, CLASSES, net->b2, Y);
    for (i32 c = 0; c < CLASSES; c++)
        for (i32 j = 0; j < 4 * net->units; j++)
            W2_T[c * 4 * net->units + j] = j < net->hidden ? (float)W2[j * CLASSES + c] : 0.0f;
    for (i32 j = 0; j < net->hidden; j++) pack(W2 + j * CLASSES, CLASSES, net->W2 + j * Y, Y);
}

/* ---- the two products that skip zero pixels ---- */

/* by_sample and sample_starts for the images indices[0..n), or for the first n images when indices is 0. */
KERNEL void list_nonzero(Net *net, const u8 *images, const i32 *indices, i32 n) {
    u32 *end = net->by_sample;
    for (i32 s = 0; s < n; s++) {
        const u8 *image = images + (usize)(indices ? indices[s] : s) * (usize)net->pixels;
        net->sample_starts[s] = (u32)(end - net->by_sample);
        i32 p = 0;
        for (; p + 8 <= net->pixels; p += 8) {
            u64 eight;
            __builtin_memcpy(&eight, image + p, 8);
            if (!eight) continue;
            for (i32 k = p; k < p + 8; k++) { /* no branch: every entry is written, the non-zero ones are kept */
                *end = (u32)k << 8 | image[k];
                end += image[k] != 0;
            }
        }
        for (; p < net->pixels; p++) {
            *end = (u32)p << 8 | image[p];
            end += image[p] != 0;
        }
    }
    net->sample_starts[n] = (u32)(end - net->by_sample);
}

/* by_pixel and pixel_starts from by_sample: a counting sort, which keeps the samples' order. */
KERNEL void list_by_pixel(Net *net, i32 n) {
    u32 *starts = net->pixel_starts, total = net->sample_starts[n];
    for (i32 p = 0; p < net->pixels + 2; p++) starts[p] = 0;
    for (u32 e = 0; e < total; e++) starts[(net->by_sample[e] >> 8) + 2]++;
    for (i32 p = 2; p < net->pixels + 2; p++) starts[p] += starts[p - 1];
    for (i32 s = 0; s < n; s++)
        for (u32 e = net->sample_starts[s]; e < net->sample_starts[s + 1]; e++) {
            u32 entry = net->by_sample[e]; /* starts[pixel + 1] moves from the pixel's start to its end */
            net->by_pixel[starts[(entry >> 8) + 1]++] = (u32)s << 8 | (entry & 255);
        }
}

INLINE void weighted_sum_of(i32 width, const u32 *entry, const u32 *end, const float *scale, const f4 *rows,
                            usize units, const f4 *first, f4 *out) {
    f4 sum[WIDEST];
    for (i32 k = 0; k < width; k++) sum[k] = first ? first[k] : splat(0);
    for (; entry < end; entry++) {
        f4 x = splat(scale[*entry & 255]);
        const f4 *row = rows + (*entry >> 8) * units;
        for (i32 k = 0; k < width; k++) sum[k] += x * row[k];
    }
    for (i32 k = 0; k < width; k++) out[k] = sum[k];
}

/* out = first + sum of scale[value] * rows[index] over the entries index << 8 | value from list[starts[0]] up to
   list[starts[1]]; first may be 0. */
INLINE void weighted_sum(const Net *net, const u32 *list, const u32 *starts, const f4 *rows, const f4 *first,
                         f4 *out) {
    const u32 *entry = list + starts[0], *end = list + starts[1];
    usize units = (usize)net->units;
    for (i32 k = 0, width, blocks = (net->units + WIDEST - 1) / WIDEST; k < net->units; k += width, blocks--) {
        width = (net->units - k + blocks - 1) / blocks;
        const f4 *f = first ? first + k : 0;
        switch (width) { /* each with its sums in registers */
#define CASE(w) case w: weighted_sum_of(w, entry, end, net->scale, rows + k, units, f, out + k); break;
            CASE(1) CASE(2) CASE(3) CASE(4) CASE(5) CASE(6) CASE(7) CASE(8)
#undef CASE
        }
    }
}

/* z1 = a1 = x @ W1 + b1 for the n listed images. */
KERNEL void first_layer(Net *net, i32 n) {
    for (i32 s = 0; s < n; s++)
        weighted_sum(net, net->by_sample, net->sample_starts + s, net->W1, net->b1, at(net, net->z1, s));
}

/* row -= learning_rate * gradient in float64, and its float32 copy. Returns 0, or NaN when a number of the copy
   is not finite. */
INLINE f4 update(double *params, const f4 *gradient, i32 n, double learning_rate, f4 *copy, i32 vectors) {
    const float *g = (const float *)gradient;
    float *c = (float *)copy;
    f4 check = splat(0);
    for (i32 j = 0; j < n; j++) {
        params[j] -= learning_rate * (double)g[j];
        c[j] = (float)params[j];
    }
    for (i32 k = 0; k < vectors; k++) check += copy[k] - copy[k];
    return check;
}

/* W1 -= learning_rate * x.T @ da1; returns as update. */
KERNEL f4 subtract_outer(Net *net, double *W1, double learning_rate) {
    f4 check = splat(0);
    for (i32 p = 0; p < net->pixels; p++) {
        const u32 *starts = net->pixel_starts + p;
        if (starts[0] == starts[1]) continue; /* zero in all images: no gradient */
        weighted_sum(net, net->by_pixel, starts, net->da1, 0, net->row);
        check += update(W1 + (usize)p * (usize)net->hidden, net->row, net->hidden, learning_rate,
                        at(net, net->W1, p), net->units);
    }
    return check;
}

/* ---- the rest of the step ---- */

/* z1 = sigmoid(z1), and da1 = sigmoid_grad of what z1 was: with e = exp(-a), 1 / (1 + e) and e / (1 + e)**2. */
KERNEL void activate(Net *net, i32 n) {
    for (usize k = 0; k < (usize)n * (usize)net->units; k++) {
        f4 e = exp4(-net->z1[k]), z = splat(1) / (splat(1) + e);
        net->z1[k] = z;
        net->da1[k] = z * (e * z);
    }
}

INLINE void scores_of(i32 samples, const Net *net, i32 first) {
    f4 sum[4][Y];
    const float *z1[4];
    for (i32 s = 0; s < samples; s++) {
        z1[s] = (const float *)at(net, net->z1, first + s);
        for (i32 c = 0; c < Y; c++) sum[s][c] = net->b2[c];
    }
    for (i32 j = 0; j < net->hidden; j++)
        for (i32 s = 0; s < samples; s++)
            for (i32 c = 0; c < Y; c++) sum[s][c] += splat(z1[s][j]) * net->W2[j * Y + c];
    for (i32 s = 0; s < samples; s++)
        for (i32 c = 0; c < Y; c++) net->y[(first + s) * Y + c] = sum[s][c];
}

/* y = a2 = z1 @ W2 + b2, four samples at a time. */
KERNEL void scores(Net *net, i32 n) {
    i32 s = 0;
    for (; s + 4 <= n; s += 4) scores_of(4, net, s);
    for (; s < n; s++) scores_of(1, net, s);
}

/* z1, sigmoid_grad(a1) in da1, and a2 in y, for the n listed images. */
static void forward(Net *net, i32 n) {
    first_layer(net, n);
    activate(net, n);
    scores(net, n);
}

/* y[s] = exp(a2 - max a2), not yet divided by its sum, which is returned: the book's softmax before the quotient. */
INLINE double exponentials(Net *net, i32 s) {
    f4 *y = net->y + (usize)s * Y;
    const float *a = (const float *)y;
    float max = a[0];
    double sum = 0;
    for (i32 c = 1; c < CLASSES; c++) max = a[c] > max ? a[c] : max;
    for (i32 c = 0; c < Y; c++) y[c] = exp4(y[c] - splat(max));
    y[Y - 1] = (f4)((u4)y[Y - 1] & (u4){~0u, ~0u, 0, 0}); /* the padding */
    for (i32 c = 0; c < CLASSES; c++) sum += a[c];
    return sum;
}

/* From a2: dy = (softmax(a2) - t) / n, then da1 = dy @ W2.T * sigmoid_grad(a1). */
KERNEL void backward(Net *net, const u8 *t_train, const i32 *batch, i32 n) {
    for (i32 s = 0; s < n; s++) {
        float *dy = (float *)(net->y + (usize)s * Y), share = (float)(1.0 / (exponentials(net, s) * n));
        f4 *da1 = at(net, net->da1, s);
        for (i32 c = 0; c < CLASSES; c++) dy[c] *= share;
        dy[t_train[batch[s]]] -= (float)(1.0 / n);
        for (i32 k = 0; k < net->units; k++) {
            f4 dz1 = splat(0);
            for (i32 c = 0; c < CLASSES; c++) dz1 += splat(dy[c]) * net->W2_T[c * net->units + k];
            da1[k] *= dz1;
        }
    }
}

/* W2 -= learning_rate * z1.T @ dy, b2 and b1 likewise; four hidden units at a time. Returns as update. */
KERNEL f4 update_rest(Net *net, double *b1, double *W2, double *b2, i32 n, double learning_rate) {
    f4 check = splat(0), db2[Y] = {splat(0), splat(0), splat(0)};
    for (i32 k = 0; k < net->units; k++) {
        f4 sum = splat(0), dW2[4][Y];
        for (i32 jc = 0; jc < 4 * Y; jc++) dW2[jc / Y][jc % Y] = splat(0);
        for (i32 s = 0; s < n; s++) {
            f4 z1 = at(net, net->z1, s)[k];
            for (i32 j = 0; j < 4; j++)
                for (i32 c = 0; c < Y; c++) dW2[j][c] += splat(z1[j]) * net->y[s * Y + c];
            sum += at(net, net->da1, s)[k];
        }
        net->row[k] = sum;
        for (i32 j = 0; j < 4 && 4 * k + j < net->hidden; j++)
            check += update(W2 + (4 * k + j) * CLASSES, dW2[j], CLASSES, learning_rate, net->W2 + (4 * k + j) * Y, Y);
    }
    check += update(b1, net->row, net->hidden, learning_rate, net->b1, net->units);
    for (i32 s = 0; s < n; s++)
        for (i32 c = 0; c < Y; c++) db2[c] += net->y[s * Y + c];
    check += update(b2, db2, CLASSES, learning_rate, net->b2, Y);
    float *W2_T = (float *)net->W2_T;
    const float *rows = (const float *)net->W2;
    for (i32 c = 0; c < CLASSES; c++)
        for (i32 j = 0; j < net->hidden; j++) W2_T[c * 4 * net->units + j] = rows[j * 4 * Y + c];
    return check;
}

/* The cross entropy error of a2 (book 4.2.4): the mean of -ln(y[t] + 1e-7). */
KERNEL double mean_loss(Net *net, const u8 *t_train, const i32 *batch, i32 n) {
    double loss = 0;
    for (i32 s = 0; s < n; s++) {
        double sum = exponentials(net, s);
        loss -= ln((double)((float *)(net->y + (usize)s * Y))[t_train[batch[s]]] / sum + 1e-7);
    }
    return loss / n;
}

/* ---- what c_engine.py calls; it has checked every argument ---- */

EXPORT i32 kobai_interface(void) { return INTERFACE; }

/* Bytes that `workspace` must have in the functions below; batch: images of a step, 0 when nothing is trained. */
EXPORT double kobai_workspace_size(i32 pixels, i32 hidden, i32 batch) {
    Net net;
    return 64.0 + (double)lay_out(&net, 0, pixels, hidden, batch ? batch : TILE, 1);
}

/* a1 (n, hidden) = images / 255 @ W1 + b1. */
EXPORT void kobai_first_layer(const u8 *images, i32 n, i32 pixels, const double *W1, const double *b1, i32 hidden,
                              double *a1, void *workspace) {
    Net net;
    lay_out(&net, (usize)workspace, pixels, hidden, TILE, WHITE);
    pack_first(&net, W1, b1);
    for (i32 start = 0; start < n; start += TILE) {
        i32 count = n - start < TILE ? n - start : TILE;
        list_nonzero(&net, images + (usize)start * (usize)pixels, 0, count);
        first_layer(&net, count);
        for (i32 s = 0; s < count; s++) {
            const float *row = (const float *)at(&net, net.z1, s);
            for (i32 j = 0; j < hidden; j++) *a1++ = (double)row[j];
        }
    }
}

/* W1 -= learning_rate * (images / 255).T @ da1; its workspace is for batch = n. */
EXPORT void kobai_subtract_outer(double *W1, const u8 *images, i32 n, i32 pixels, const double *da1, i32 hidden,
                                 double learning_rate, void *workspace) {
    Net net;
    lay_out(&net, (usize)workspace, pixels, hidden, n, WHITE);
    for (i32 s = 0; s < n; s++)
        pack(da1 + (usize)s * (usize)hidden, hidden, at(&net, net.da1, s), net.units);
    for (usize k = 0; k < (usize)pixels * (usize)net.units; k++) net.W1[k] = splat(0);
    list_nonzero(&net, images, 0, n);
    list_by_pixel(&net, n);
    subtract_outer(&net, W1, learning_rate);
}

/* Steps on x_train / divisor with the batches batch_indices (steps, n): one loss each, taken after the update.
   Returns how many were done: fewer than asked for when in the next one the loss or a parameter is not finite as a
   float32 (and then the params are of no use). */
EXPORT i32 kobai_train_steps(double *W1, double *b1, double *W2, double *b2, i32 pixels, i32 hidden,
                             i32 divisor, const u8 *x_train, const u8 *t_train, const i32 *batch_indices,
                             i32 steps, i32 n, double learning_rate, double *losses, void *workspace) {
    Net net;
    lay_out(&net, (usize)workspace, pixels, hidden, n, divisor);
    pack_first(&net, W1, b1);
    pack_second(&net, W2, b2);
    for (i32 step = 0; step < steps; step++) {
        const i32 *batch = batch_indices + (usize)step * (usize)n;
        list_nonzero(&net, x_train, batch, n);
        list_by_pixel(&net, n);
        forward(&net, n);
        backward(&net, t_train, batch, n);
        f4 check = subtract_outer(&net, W1, learning_rate) + update_rest(&net, b1, W2, b2, n, learning_rate);
        forward(&net, n);
        double loss = mean_loss(&net, t_train, batch, n), zero = loss - loss;
        for (i32 lane = 0; lane < 4; lane++) zero += (double)check[lane];
        if (zero != 0) return step; /* NaN */
        losses[step] = loss;
    }
    return steps;
}

/* How many of n images / divisor get their label as the most probable class; -1 when a score is not finite as a
   float32. */
EXPORT i32 kobai_count_correct(const double *W1, const double *b1, const double *W2, const double *b2, i32 pixels,
                               i32 hidden, i32 divisor, const u8 *images, const u8 *labels, i32 n,
                               void *workspace) {
    Net net;
    i32 correct = 0;
    lay_out(&net, (usize)workspace, pixels, hidden, TILE, divisor);
    pack_first(&net, W1, b1);
    pack_second(&net, W2, b2);
    for (i32 start = 0; start < n; start += TILE) {
        i32 count = n - start < TILE ? n - start : TILE;
        list_nonzero(&net, images + (usize)start * (usize)pixels, 0, count);
        forward(&net, count);
        for (i32 s = 0; s < count; s++) {
            const float *a2 = (const float *)(net.y + (usize)s * Y);
            i32 best = 0;
            for (i32 c = 0; c < CLASSES; c++) {
                if (!(a2[c] - a2[c] == 0)) return -1;
                if (a2[c] > a2[best]) best = c;
            }
            correct += best == labels[start + s];
        }
    }
    return correct;
}
