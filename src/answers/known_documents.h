// What this store knows of the documents that a question may mean: their rows (understanding/known_rows.h), from the
// index's files where they have them, else from the table. Internal to this room.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "search/rows_in_files.h"
#include "store/store.h"
#include "understanding/known_rows.h"

namespace counsel::answers {

class KnownDocuments {
 public:
  // `documents`: that the caller named (ids); empty: all of the scopes. Rows of the table alone where `by_files` is
  // false. The connection must outlive it.
  [[nodiscard]] static Result<KnownDocuments> Look(store::Connection& db, std::string_view question,
                                                   const std::vector<std::int64_t>& scopes,
                                                   const std::vector<std::string>& documents, bool by_files);
  // None.
  explicit KnownDocuments(store::Connection& db, std::string_view question) : db_(&db), rows_(question) {}

  [[nodiscard]] const understanding::KnownRows& rows() const { return rows_; }
  [[nodiscard]] std::string IdOf(std::size_t row) const;
  [[nodiscard]] Result<std::string> NameOf(std::size_t row) const;
  // In the order in which they came.
  void ForEach(const std::function<void(std::uint32_t row)>& told) const;
  // Asked after what was found: false when a file was cut off meanwhile, so that the table must be asked in its place.
  [[nodiscard]] bool Whole() const { return !files_ || files_->Whole(); }

 private:
  struct Newer {
    std::string id;
    std::string name;
  };
  [[nodiscard]] std::uint32_t in_files() const { return files_ ? files_->end() : 0; }
  Result<void> AddNamed();

  store::Connection* db_;
  understanding::KnownRows rows_;
  std::optional<search::RowsInFiles> files_;
  std::vector<Newer> newer_;  // rows behind those of the files
};

}  // namespace counsel::answers
