#include "answers/conversations.h"

#include <algorithm>
#include <utility>

#include "base/utf8.h"
#include "documents/documents.h"
#include "documents/statements.h"
#include "text/words.h"
#include "understanding/follow_up.h"

namespace counsel::answers {
namespace {

using documents::Ask;
using documents::Change;
using documents::Number;

constexpr std::size_t kMostWords = 8;  // of a search

std::string Cut(std::string_view text, std::int64_t code_points) {
  if (CountCodePoints(text) <= code_points) return std::string(text);
  return std::string(SliceCodePoints(text, 0, code_points)) + "…";
}

// "[2]" points at a passage of its own prompt: in another it would point elsewhere.
std::string WithoutMarks(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::size_t end = text[i] == '[' ? text.find_first_not_of("0123456789, -", i + 1) : std::string_view::npos;
    if (end == std::string_view::npos || text[end] != ']' || end == i + 1) {
      out.push_back(text[i]);
      continue;
    }
    if (!out.empty() && out.back() == ' ') out.pop_back();
    i = end;
  }
  return out;
}

std::string Joined(const std::vector<std::string>& matters) {
  std::string joined;
  for (const std::string& matter : matters) joined += "\n" + matter;
  return joined;
}

// Adds those that are not there yet.
void Split(std::string_view joined, std::vector<std::string>* matters) {
  while (!joined.empty()) {
    joined.remove_prefix(1);
    const std::string_view one = joined.substr(0, joined.find('\n'));
    if (std::find(matters->begin(), matters->end(), one) == matters->end()) matters->emplace_back(one);
    joined.remove_prefix(one.size());
  }
}

// Its words, folded, each behind a blank: what " word" is looked for in.
std::string Folded(std::string_view text) {
  std::string folded;
  for (const text::RawWord& word : text::SplitWords(text, 0, text.size())) {
    if (!word.text.empty()) folded += " " + word.text;
  }
  return folded;
}

Error NoConversation(const ConversationKey& key) {
  return Error(ErrorCode::kNotFound, "There is no conversation '" + key.name + "'.", "See: counsel chat --list");
}

Result<std::int64_t> IdOf(store::Connection& db, const ConversationKey& key) {
  return Number(db, "SELECT id FROM conversations WHERE owner = ? AND name = ?", key.owner, key.name);
}

Result<std::int64_t> Touch(store::Connection& db, const ConversationKey& key) {
  Result<std::int64_t> touched = Change(db,
                                        "INSERT INTO conversations (owner, name, used) "
                                        "VALUES (?, ?, (SELECT coalesce(max(used), 0) + 1 FROM conversations)) "
                                        "ON CONFLICT (owner, name) DO UPDATE SET used = excluded.used",
                                        key.owner, key.name);
  if (!touched) return touched;
  return IdOf(db, key);
}

Result<void> NameDocument(store::Connection& db, std::int64_t exchange, const std::string& document) {
  ASSIGN_OR_RETURN(std::int64_t there, Number(db, "SELECT count(*) FROM documents WHERE id = ?", document));
  if (there == 0) return documents::NoDocument(document);
  Result<std::int64_t> named =
      Change(db, "INSERT INTO exchange_documents (exchange, document) VALUES (?, ?) ON CONFLICT DO NOTHING", exchange,
             document);
  if (!named) return Fail(std::move(named.error()));
  return {};
}

// The documents of the exchanges that Recall told.
Result<void> NameEarlierDocuments(store::Connection& db, std::int64_t conversation, std::int64_t exchange,
                                  const std::string& matters) {
  Result<std::int64_t> named =
      Change(db,
             "INSERT INTO exchange_documents (exchange, document) SELECT DISTINCT ?1, document FROM exchange_documents "
             "WHERE exchange IN (SELECT id FROM exchanges WHERE conversation = ?2 AND matters = ?3 AND id < ?1 "
             "ORDER BY id DESC LIMIT ?4) ON CONFLICT DO NOTHING",
             exchange, conversation, matters, kRememberedExchanges);
  if (!named) return Fail(std::move(named.error()));
  return {};
}

Result<void> DeleteOld(store::Connection& db, std::int64_t conversation) {
  Result<std::int64_t> exchanges = Change(db,
                                          "DELETE FROM exchanges WHERE conversation = ?1 AND id <= "
                                          "(SELECT id FROM exchanges WHERE conversation = ?1 "
                                          "ORDER BY id DESC LIMIT 1 OFFSET ?2)",
                                          conversation, kMostExchanges);
  if (!exchanges) return Fail(std::move(exchanges.error()));
  Result<std::int64_t> conversations = Change(
      db,
      "DELETE FROM conversations WHERE used <= (SELECT used FROM conversations ORDER BY used DESC LIMIT 1 OFFSET ?)",
      kMostConversations);
  if (!conversations) return Fail(std::move(conversations.error()));
  return {};
}

// Of conversations c, by ReadConversations.
constexpr std::string_view kSelect =
    "SELECT c.name, c.title, c.removed, c.used, count(e.id), max(e.asked_at), "
    "(SELECT question FROM exchanges WHERE conversation = c.id ORDER BY id LIMIT 1) "
    "FROM conversations c JOIN exchanges e ON e.conversation = c.id ";

Result<std::vector<Conversation>> ReadConversations(store::Statement rows) {
  std::vector<Conversation> conversations;
  for (;;) {
    ASSIGN_OR_RETURN(bool row, rows.Step());
    if (!row) return conversations;
    Conversation& one = conversations.emplace_back();
    one.name = rows.Text(0);
    one.titled = !rows.Text(1).empty();
    one.title = one.titled ? std::string(rows.Text(1)) : Cut(rows.Text(6), kLongestTitle);
    one.removed = rows.Int(2);
    one.place = rows.Int(3);
    one.exchanges = rows.Int(4);
    one.used_at = rows.Int(5);
  }
}

Result<void> ReadMatters(store::Connection& db, const std::string& owner, std::vector<Conversation>* conversations) {
  for (Conversation& one : *conversations) {
    ASSIGN_OR_RETURN(std::vector<std::string> matters,
                     documents::Texts(db,
                                      "SELECT matters FROM exchanges WHERE conversation = "
                                      "(SELECT id FROM conversations WHERE owner = ? AND name = ?) "
                                      "GROUP BY matters ORDER BY min(id)",
                                      owner, one.name));
    for (const std::string& joined : matters) Split(joined, &one.matters);
  }
  return {};
}

}  // namespace

Result<std::vector<Exchange>> Recall(store::Connection& db, const ConversationKey& key,
                                     const std::vector<std::string>& matters) {
  ASSIGN_OR_RETURN(store::Statement rows,
                   Ask(db,
                       "SELECT question, answer FROM exchanges WHERE matters = ? AND conversation = "
                       "(SELECT id FROM conversations WHERE owner = ? AND name = ?) ORDER BY id DESC LIMIT ?",
                       Joined(matters), key.owner, key.name, kRememberedExchanges));
  std::vector<Exchange> exchanges;
  for (;;) {
    ASSIGN_OR_RETURN(bool row, rows.Step());
    if (!row) break;
    exchanges.emplace_back(Cut(rows.Text(0), kRememberedQuestion), Cut(WithoutMarks(rows.Text(1)), kRememberedAnswer));
  }
  std::reverse(exchanges.begin(), exchanges.end());
  return exchanges;
}

Result<void> Remember(store::Connection& db, const ConversationKey& key, const Kept& kept, std::int64_t now) {
  for (const std::string& matter : kept.matters) {
    if (matter == documents::kDefaultMatter) continue;  // it is there before its first document
    Result<std::int64_t> there = documents::MatterId(db, matter);
    if (!there) return Fail(std::move(there.error()));
  }
  ASSIGN_OR_RETURN(std::int64_t conversation, Touch(db, key));
  const std::string matters = Joined(kept.matters);
  Result<std::int64_t> added =
      Change(db,
             "INSERT INTO exchanges (conversation, matters, asked_at, style, words, question, answer, record) "
             "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
             conversation, matters, now, kept.style, Folded(kept.question) + Folded(kept.answer), kept.question,
             kept.answer, kept.record);
  if (!added) return Fail(std::move(added.error()));
  const std::int64_t exchange = db.last_insert_rowid();
  for (const std::string& document : kept.documents) {
    if (Result<void> named = NameDocument(db, exchange, document); !named) return named;
  }
  if (kept.from_earlier) {
    if (Result<void> named = NameEarlierDocuments(db, conversation, exchange, matters); !named) return named;
  }
  return DeleteOld(db, conversation);
}

Result<std::vector<std::string>> EarlierDocuments(store::Connection& db, const ConversationKey& key,
                                                  const std::vector<std::string>& matters) {
  return documents::Texts(
      db,
      "SELECT DISTINCT document FROM exchange_documents WHERE exchange IN (SELECT id FROM exchanges "
      "WHERE matters = ? AND conversation = (SELECT id FROM conversations WHERE owner = ? AND name = "
      "?) ORDER BY id DESC LIMIT ?)",
      Joined(matters), key.owner, key.name, kRememberedExchanges);
}

Result<std::vector<std::int64_t>> RecordNumbers(store::Connection& db, const ConversationKey& key) {
  ASSIGN_OR_RETURN(store::Statement rows,
                   Ask(db,
                       "SELECT json_extract(e.record, '$.record') FROM exchanges e JOIN conversations c ON c.id = "
                       "e.conversation WHERE c.owner = ?1 AND (?2 = '' OR c.name = ?2) AND json_valid(e.record)",
                       key.owner, key.name));
  std::vector<std::int64_t> numbers;
  for (;;) {
    ASSIGN_OR_RETURN(const bool row, rows.Step());
    if (!row) return numbers;
    if (!rows.IsNull(0)) numbers.push_back(rows.Int(0));
  }
}

Result<std::vector<Conversation>> ListConversations(store::Connection& db, const ConversationsWanted& wanted) {
  std::vector<std::string> words;
  for (text::RawWord& word : text::SplitWords(wanted.words, 0, wanted.words.size())) {
    if (!word.text.empty() && words.size() < kMostWords) words.push_back(" " + word.text);
  }
  std::string sql = std::string(kSelect) + "WHERE c.owner = ? AND (? = 0 OR c.used < ?) ";
  for (std::size_t i = 0; i < words.size(); ++i) {
    sql +=
        "AND (instr(c.title_words, ?) > 0 OR EXISTS "
        "(SELECT 1 FROM exchanges f WHERE f.conversation = c.id AND instr(f.words, ?) > 0)) ";
  }
  sql += "GROUP BY c.id ORDER BY c.used DESC LIMIT ?";
  ASSIGN_OR_RETURN(store::Statement rows, Ask(db, sql, wanted.owner, wanted.after, wanted.after));
  int index = 3;
  for (const std::string& word : words) {
    rows.Bind(++index, word);
    rows.Bind(++index, word);
  }
  rows.Bind(++index, wanted.limit);
  ASSIGN_OR_RETURN(std::vector<Conversation> found, ReadConversations(std::move(rows)));
  RETURN_IF_ERROR(ReadMatters(db, wanted.owner, &found));
  return found;
}

Result<Conversation> FindConversation(store::Connection& db, const ConversationKey& key) {
  ASSIGN_OR_RETURN(
      store::Statement rows,
      Ask(db, std::string(kSelect) + "WHERE c.owner = ? AND c.name = ? GROUP BY c.id", key.owner, key.name));
  ASSIGN_OR_RETURN(std::vector<Conversation> found, ReadConversations(std::move(rows)));
  if (found.empty()) return Fail(NoConversation(key));
  RETURN_IF_ERROR(ReadMatters(db, key.owner, &found));
  return std::move(found.front());
}

Result<Conversation> RenameConversation(store::Connection& db, const ConversationKey& key, std::string_view title) {
  if (CountCodePoints(title) > kLongestTitle) {
    return Fail(ErrorCode::kInvalidArgument,
                "A conversation's title has at most " + std::to_string(kLongestTitle) + " characters.");
  }
  Result<std::int64_t> renamed =
      Change(db, "UPDATE conversations SET title = ?, title_words = ? WHERE owner = ? AND name = ?", title,
             Folded(title), key.owner, key.name);
  if (!renamed) return Fail(std::move(renamed.error()));
  return FindConversation(db, key);
}

Result<void> DeleteConversation(store::Connection& db, const ConversationKey& key) {
  Result<std::int64_t> deleted =
      Change(db, "DELETE FROM conversations WHERE owner = ? AND name = ?", key.owner, key.name);
  if (!deleted) return Fail(std::move(deleted.error()));
  if (*deleted == 0) return Fail(NoConversation(key));
  return {};
}

Result<std::int64_t> DeleteConversationsOf(store::Connection& db, const std::string& owner) {
  return Change(db, "DELETE FROM conversations WHERE owner = ?", owner);
}

Result<std::vector<KeptExchange>> ListExchanges(store::Connection& db, const ConversationKey& key, std::int64_t after,
                                                std::int64_t limit) {
  ASSIGN_OR_RETURN(std::int64_t conversation, IdOf(db, key));
  if (conversation == 0) return Fail(NoConversation(key));
  ASSIGN_OR_RETURN(store::Statement rows,
                   Ask(db,
                       "SELECT id, asked_at, matters, style, question, answer, record FROM exchanges "
                       "WHERE conversation = ? AND id > ? ORDER BY id LIMIT ?",
                       conversation, after, limit));
  std::vector<KeptExchange> exchanges;
  for (;;) {
    ASSIGN_OR_RETURN(bool row, rows.Step());
    if (!row) return exchanges;
    KeptExchange& one = exchanges.emplace_back();
    one.id = rows.Int(0);
    one.asked_at = rows.Int(1);
    Split(rows.Text(2), &one.kept.matters);
    one.kept.style = rows.Text(3);
    one.kept.question = rows.Text(4);
    one.kept.answer = rows.Text(5);
    one.kept.record = rows.Text(6);
  }
}

Result<std::vector<std::string>> LastRecords(store::Connection& db, const ConversationKey& key,
                                             const std::vector<std::string>& matters, std::int64_t limit) {
  return documents::Texts(db,
                          "SELECT record FROM exchanges WHERE matters = ? AND conversation = "
                          "(SELECT id FROM conversations WHERE owner = ? AND name = ?) ORDER BY id DESC LIMIT ?",
                          Joined(matters), key.owner, key.name, limit);
}

std::string SearchText(const std::string& question, const std::vector<Exchange>& earlier) {
  std::vector<std::string> questions;
  for (const Exchange& exchange : earlier) questions.push_back(exchange.question);
  return understanding::MadeWhole(question, questions);
}

}  // namespace counsel::answers
