Rows of 16-bit token ids of one split, as compressed frames.
