"""Questions that are asked of many cases at once: plain values in, plain values out."""
