/* noise.h: numbers that look random and are the same everywhere: the stuff
 * that hills and clouds are made of. Pure; floats only, no libm state. */
#pragma once

#include <math.h>
#include <stdint.h>

static inline uint32_t lx_hash(uint32_t value)
{
    value ^= value >> 16;
    value *= 0x7feb352dU;
    value ^= value >> 15;
    value *= 0x846ca68bU;
    return value ^ value >> 16;
}

static inline uint32_t lx_hash2(int x, int y, uint32_t seed)
{
    return lx_hash((uint32_t)x * 0x9e3779b1U ^
                   lx_hash((uint32_t)y * 0x85ebca77U ^ seed));
}

/* A hash as a number from 0 to 1. */
static inline float lx_chance(uint32_t hash)
{
    return (float)(hash >> 8) * (1.0f / 16777216.0f);
}

static inline float lx_clamp(float value, float least, float most)
{
    return value < least ? least : value > most ? most : value;
}

/* 0 below `from`, 1 above `to`, smooth between; from > to turns it round. */
static inline float lx_step(float from, float to, float value)
{
    float t = lx_clamp((value - from) / (to - from), 0.0f, 1.0f);
    return t * t * (3.0f - 2.0f * t);
}

/* Value noise over the plane, 0 to 1, one bump per unit. */
static inline float lx_noise(float x, float y, uint32_t seed)
{
    float left = floorf(x), top = floorf(y);
    int i = (int)left, j = (int)top;
    float u = x - left, v = y - top;
    u = u * u * (3.0f - 2.0f * u);
    v = v * v * (3.0f - 2.0f * v);
    float a = lx_chance(lx_hash2(i, j, seed));
    float b = lx_chance(lx_hash2(i + 1, j, seed));
    float c = lx_chance(lx_hash2(i, j + 1, seed));
    float d = lx_chance(lx_hash2(i + 1, j + 1, seed));
    a += (b - a) * u;
    c += (d - c) * u;
    return a + (c - a) * v;
}

/* Octaves of it, still 0 to 1. */
static inline float lx_fractal(float x, float y, int octaves, uint32_t seed)
{
    float sum = 0, weight = 0.5f, total = 0;
    for (int i = 0; i < octaves; i++) {
        sum += weight * lx_noise(x, y, seed + (uint32_t)i * 101U);
        total += weight;
        weight *= 0.5f;
        x = x * 2.03f + 17.1f;
        y = y * 2.03f + 9.7f;
    }
    return sum / total;
}
