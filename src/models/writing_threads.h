// How many threads write one text. Pure.
//
// A model writes a token at a time, and its threads meet after each layer, spinning until the last has come. Where
// other programs want the processors too, one of them is always the last to run again and the rest burn their time
// waiting for it (docs/models.md, "Threads", has figures). Reading a prompt, and writing several texts side by side,
// meets seldom for its work, so that takes all threads always.
#pragma once

namespace counsel::models {

// Of `threads`, at least 1 and never under half of them, one less for each thread of others that wants a processor.
[[nodiscard]] unsigned WritingThreads(unsigned threads, double others_that_run);

}  // namespace counsel::models
