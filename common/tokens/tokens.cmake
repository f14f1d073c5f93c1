add_palimpsest_library(tokens
  SOURCES tokens/bpe_encoder.cpp tokens/bpe_merge.cpp tokens/byte_symbols.cpp tokens/chairman_schedule.cpp tokens/frame_cache.cpp
          tokens/mixture_schedule.cpp tokens/pattern_masks.cpp tokens/pre_tokenizer.cpp
          tokens/regex.cpp tokens/repository_list.cpp tokens/repository_split.cpp tokens/row_order.cpp tokens/row_stream.cpp
          tokens/shard_file.cpp tokens/shard_reader.cpp tokens/shard_writer.cpp tokens/splitter.cpp
          tokens/text_segments.cpp tokens/token_counts.cpp tokens/token_pairs.cpp tokens/token_trie.cpp
          tokens/tokenizer.cpp tokens/tokenizer_json.cpp tokens/unicode_class.cpp tokens/visible_header.cpp
          tokens/vocabulary.cpp
  LINK palimpsest_io PkgConfig::pcre2 PkgConfig::zstd PkgConfig::xxhash simdjson::simdjson TBB::tbb)
