#include "documents/kinds.h"

#include <gtest/gtest.h>
#include <sqlite3.h>

namespace counsel::documents {
namespace {

bool Sql(const std::string& condition, const std::string& media_type) {
  sqlite3* db = nullptr;
  EXPECT_EQ(sqlite3_open(":memory:", &db), SQLITE_OK);
  sqlite3_stmt* row = nullptr;
  EXPECT_EQ(sqlite3_prepare_v2(db, ("SELECT " + condition).c_str(), -1, &row, nullptr), SQLITE_OK) << condition;
  sqlite3_bind_text(row, 1, media_type.c_str(), -1, SQLITE_TRANSIENT);
  EXPECT_EQ(sqlite3_step(row), SQLITE_ROW);
  const bool held = sqlite3_column_int(row, 0) != 0;
  sqlite3_finalize(row);
  sqlite3_close(db);
  return held;
}

TEST(Kinds, AMediaTypeIsOfOneKindHereAndInSql) {
  const std::pair<const char*, const char*> known[] = {
      {"application/pdf", "pdf"},
      {"application/vnd.openxmlformats-officedocument.wordprocessingml.document", "letter"},
      {"application/vnd.oasis.opendocument.text-template", "letter"},
      {"application/vnd.oasis.opendocument.spreadsheet", "table"},
      {"text/csv", "table"},
      {"text/html", "web"},
      {"multipart/related", "web"},
      {"text/markdown", "text"},
      {"message/rfc822", "mail"},
      {"image/tiff", "picture"},
      {"application/zip", "archive"},
      {"application/vnd.counsel.register-entry+json", "register"},
      {"application/x-unheard-of", "other"},
      {"", "other"},
  };
  for (const auto& [type, name] : known) {
    const Kind kind = KindOf(type);
    EXPECT_EQ(KindName(kind), name) << type;
    EXPECT_EQ(KindNamed(name), kind);
    EXPECT_TRUE(Sql(KindCondition(kind, "?1"), type)) << type;
    EXPECT_FALSE(Sql(KindCondition(kind == Kind::kMail ? Kind::kPdf : Kind::kMail, "?1"), type)) << type;
  }
  EXPECT_FALSE(KindNamed("novel"));
}

}  // namespace
}  // namespace counsel::documents
