// Conversations: what was asked and answered, so that the next question can refer to it and a person can come back to
// it. They stand in the document store, survive a restart, and go with it. A question whose answer may hold a
// document's words goes with that document, one that was asked within a matter with that matter, and a conversation
// with its last question.
//
// Functions with a connection run on a pool thread inside the caller's transaction; the others are pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "answers/framing.h"
#include "base/result.h"
#include "store/store.h"

namespace counsel::answers {

inline constexpr std::int64_t kRememberedExchanges = 6;   // that the next question may refer to
inline constexpr std::size_t kPromptedExchanges = 3;      // of them a generator is told the last
inline constexpr std::int64_t kRememberedQuestion = 300;  // code points; longer ones are cut there
inline constexpr std::int64_t kRememberedAnswer = 600;
inline constexpr std::int64_t kMostConversations = 1000;  // the ones used last
inline constexpr std::int64_t kMostExchanges = 200;       // of a conversation; older ones are deleted
inline constexpr std::int64_t kLongestTitle = 200;        // code points
inline constexpr std::size_t kMaxConversationName = 200;  // bytes

// Which one: whose it is, and what the client calls it. A person sees no other one's.
struct ConversationKey {
  ConversationKey() = default;
  ConversationKey(std::string owner_in, std::string name_in) : owner(std::move(owner_in)), name(std::move(name_in)) {}
  std::string owner;
  std::string name;  // "": none
};

// The last exchanges of the conversation that were asked within just these matters (empty: all), oldest first, cut,
// without citation marks; none when there is no such conversation. A matter is a wall for conversations too.
[[nodiscard]] Result<std::vector<Exchange>> Recall(store::Connection& db, const ConversationKey& key,
                                                   const std::vector<std::string>& matters);

struct Kept {
  Kept() = default;
  std::string question;
  std::string answer;                  // what was shown
  std::string record;                  // of it, in whatever form the caller reads again; "": none
  std::string style;                   // as it was asked for; "" for the setting's
  std::vector<std::string> matters;    // that it was asked within; empty: all
  std::vector<std::string> documents;  // ids of those whose words may be in answer or record
  // It was made from the exchanges before it too: it goes with their documents.
  bool from_earlier = false;
};
// Adds an exchange, at `now` (unix seconds). kNotFound when one of the documents or matters has been deleted meanwhile:
// nothing is kept then.
[[nodiscard]] Result<void> Remember(store::Connection& db, const ConversationKey& key, const Kept& kept,
                                    std::int64_t now);

// The documents whose words may be in what Recall tells.
[[nodiscard]] Result<std::vector<std::string>> EarlierDocuments(store::Connection& db, const ConversationKey& key,
                                                                const std::vector<std::string>& matters);

// Of a conversation, or, with an empty name, of all of the owner's: numbers of its questions' entries in the record.
[[nodiscard]] Result<std::vector<std::int64_t>> RecordNumbers(store::Connection& db, const ConversationKey& key);

struct Conversation {
  Conversation() = default;
  std::string name;
  std::string title;         // that was given, or the first question, cut to kLongestTitle
  bool titled = false;       // it was given
  std::int64_t used_at = 0;  // unix seconds; 0: not known
  std::int64_t exchanges = 0;
  std::int64_t removed = 0;  // questions that went with documents, or because there were too many
  std::vector<std::string> matters;
  std::int64_t place = 0;  // in the list: the larger, the later it was used
};
struct ConversationsWanted {
  ConversationsWanted() = default;
  std::string owner;
  std::string words;       // all of them are in its title, questions and answers, as words or beginnings of words
  std::int64_t after = 0;  // `place` of the last one before; 0: from the start
  std::int64_t limit = 50;
};
// Those used last first.
[[nodiscard]] Result<std::vector<Conversation>> ListConversations(store::Connection& db,
                                                                  const ConversationsWanted& wanted);
// kNotFound, as the two below.
[[nodiscard]] Result<Conversation> FindConversation(store::Connection& db, const ConversationKey& key);
// "": its first question is its title again. kInvalidArgument when it is too long.
[[nodiscard]] Result<Conversation> RenameConversation(store::Connection& db, const ConversationKey& key,
                                                      std::string_view title);
// The caller asks for a purge in the same transaction (search.h).
[[nodiscard]] Result<void> DeleteConversation(store::Connection& db, const ConversationKey& key);

// All of somebody's, whose number it returns; likewise.
[[nodiscard]] Result<std::int64_t> DeleteConversationsOf(store::Connection& db, const std::string& owner);

struct KeptExchange {
  KeptExchange() = default;
  std::int64_t id = 0;
  std::int64_t asked_at = 0;  // unix seconds; 0: not known
  Kept kept;                  // without documents
};
// In the order in which they were asked, those behind the id `after`.
[[nodiscard]] Result<std::vector<KeptExchange>> ListExchanges(store::Connection& db, const ConversationKey& key,
                                                              std::int64_t after, std::int64_t limit);

// What was kept of those exchanges of Recall's matters: the last first, at most `limit`.
[[nodiscard]] Result<std::vector<std::string>> LastRecords(store::Connection& db, const ConversationKey& key,
                                                           const std::vector<std::string>& matters, std::int64_t limit);

// What to search for: "And for how long?" alone finds nothing (understanding/follow_up.h).
[[nodiscard]] std::string SearchText(const std::string& question, const std::vector<Exchange>& earlier);

}  // namespace counsel::answers
