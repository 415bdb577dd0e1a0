// A home with three documents, what is done to it while calls fail, and what has to be true of it afterwards.
//
// The expected state is kept beside, as RocksDB's db_stress does: by name, what must be there, what must be gone, and
// what the failed call itself may have done or not.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "ingest/ingest_fixture.h"
#include "tests/faults/failing_calls.h"
#include "upkeep/backup.h"
#include "upkeep/check.h"

namespace counsel::faults {

namespace asio = boost::asio;
namespace fs = std::filesystem;

// Which calls fail, how, and how many in a row.
struct Fault {
  const char* name;
  int kinds;
  int error;
  std::int64_t in_a_row;
};

struct Expected {
  Expected() = default;
  std::set<std::string> there;  // names of documents
  std::set<std::string> gone;
  std::set<std::string> either;
};

// Every document's text has a word that no other has: what its name says before the dot, twice.
[[nodiscard]] std::string WordOf(const std::string& name);
[[nodiscard]] std::string TextOf(const std::string& name);

// In "general": keep.txt, and mail.txt, which holds inside.txt. In the matter "Closed": closed.txt and secret.txt.
inline constexpr const char* kClosed = "Closed";
[[nodiscard]] Expected AllThatIsThere();

class Home : public ingest::Ingesting {
 public:
  explicit Home(const fs::path& from = {});
  ~Home() override;
  void TestBody() override {}

  // The documents above, made without faults.
  void Fill();
  using Ingesting::folder_;
  using Ingesting::originals_;
  using Ingesting::pipeline_;
  using Ingesting::Run;
  using Ingesting::RunUntil;
  using Ingesting::Stop;

  // As often as it takes, like the daemon.
  void Start();
  // From the n-th call on.
  void Arm(const Fault& fault, std::int64_t n) const;
  // Whether any failed.
  static bool Disarm();

  // As a client does it; what it was told.
  Result<void> Add(const std::string& name, const std::string& matter = "general");
  Result<void> Delete(const std::string& name);
  Result<void> DeleteMatter();
  Result<void> Backup(const fs::path& target);
  // Lets the work on the queue go on until all is read, or the fault is over.
  void WaitWhileItFails();
  // Without faults: until nothing is queued and no deleted word is left.
  void Settle();
  // Closes the store and opens it again. What a start says.
  void Close();
  Result<void> Open();

  // Settled first. A sentence for everything that is wrong.
  [[nodiscard]] std::vector<std::string> WrongIn(const Expected& expected);

 private:
  std::vector<ingest::Document> Documents();
  std::vector<std::string> WrongWith(const ingest::Document& document);
};

}  // namespace counsel::faults
