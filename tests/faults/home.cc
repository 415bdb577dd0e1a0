#include "tests/faults/home.h"

#include <fstream>

#include <spdlog/spdlog.h>

namespace counsel::faults {
namespace {

using documents::Document;
using documents::DocumentState;

constexpr const char* kHolder = "mail.txt";
constexpr const char* kInside = "inside.txt";
// In place of counsel-extract, which has loops of its own (reader_memory_test.cc): what stands behind "@@" is a file
// inside the document.
constexpr const char* kExtractor = R"(#!/bin/sh
all=$(cat <&3)
text=${all%%@@*}
inside=${all#*@@}
held=
if [ "$text" = "$all" ]; then inside=; else held="[\"inside.txt\",\"text/plain\",${#inside}]"; fi
printf '{"media_type":"text/plain","text_bytes":%d,"pages":[],"notes":[],"structure":[],"embedded":[%s],"needs_ocr":[]}\n%s%s' \
  ${#text} "$held" "$text" "$inside" >&4
)";

fs::path Extractor() {
  static const fs::path made = [] {
    const fs::path path = fs::temp_directory_path() / ("counsel-faults-extract-" + NewId());
    std::ofstream(path) << kExtractor;
    fs::permissions(path, fs::perms::owner_all);
    return path;
  }();
  return made;
}

}  // namespace

std::string WordOf(const std::string& name) {
  const std::string stem = fs::path(name).stem().string();
  return "zq" + stem + stem;
}

std::string TextOf(const std::string& name) {
  return "The word " + WordOf(name) + " stands here, and the tenant pays within thirty days.";
}

Expected AllThatIsThere() {
  Expected expected;
  expected.there = {"keep.txt", kHolder, kInside, "closed.txt", "secret.txt"};
  return expected;
}

Home::Home(const fs::path& from) : Ingesting(from) {
  spdlog::set_level(spdlog::level::off);  // every fault is said
  originals_.Sweep();                     // as a start does
  options_.extractor = Extractor();
  options_.index_policy.together = 100;  // each segment written is tried, not each joining of them
}

Home::~Home() {
  Disarm();
}

void Home::Fill() {
  Start();
  for (const char* name : {"keep.txt", kHolder}) EXPECT_TRUE(Add(name));
  for (const char* name : {"closed.txt", "secret.txt"}) EXPECT_TRUE(Add(name, kClosed));
  Settle();
}

void Home::Start() {
  pipeline_ = std::make_shared<ingest::Pipeline>(io_.get_executor(), *store_, originals_,
                                                 std::make_unique<ingest::FakeEmbedding>(io_.get_executor(), embedder_),
                                                 options_);
  Result<void> started;
  for (int i = 0; i < 50; ++i) {
    started = *Run(pipeline_->Start());
    if (started) return;
  }
  ADD_FAILURE() << "the queue does not start: " << started.error().ToString();
}

void Home::Arm(const Fault& fault, std::int64_t n) const {
  FailingCalls& calls = *failing_calls;
  const std::string folder = folder_.string();
  folder.copy(calls.folder, sizeof calls.folder - 1);
  calls.folder[folder.size()] = '\0';
  calls.error = fault.error;
  calls.seen = calls.failed = 0;
  calls.first = n;
  calls.end = n + fault.in_a_row;
  __atomic_store_n(&calls.kinds, fault.kinds, __ATOMIC_RELEASE);
}

bool Home::Disarm() {
  __atomic_store_n(&failing_calls->kinds, 0, __ATOMIC_RELEASE);
  return __atomic_load_n(&failing_calls->failed, __ATOMIC_ACQUIRE) > 0;
}

Result<void> Home::Add(const std::string& name, const std::string& matter) {
  std::string bytes = TextOf(name);
  if (name == kHolder) bytes += "@@" + TextOf(kInside);
  Result<documents::Originals::Incoming> incoming = originals_.Begin(std::uint64_t{1} << 30);
  if (!incoming) return Fail(incoming.error());
  if (Result<void> written = incoming->Write(bytes); !written) return written;
  const Result<documents::Originals::Incoming::Stored> stored = incoming->Finish();
  if (!stored) return Fail(stored.error());
  const Result<documents::Added> added = Write([&](store::Connection& db) {
    return documents::AddDocument(db, matter, name, "/" + name, stored->sha256, stored->bytes);
  });
  if (!added) return Fail(added.error());
  pipeline_->Wake();
  return {};
}

Result<void> Home::Delete(const std::string& name) {
  const Result<Document> document = Read([&](store::Connection& db) { return documents::FindDocument(db, name); });
  if (!document) return Fail(document.error());
  const Result<Document> deleted = *Run(pipeline_->Delete(document->id));
  if (!deleted) return Fail(deleted.error());
  return {};
}

Result<void> Home::DeleteMatter() {
  const Result<documents::Matter> deleted = *Run(pipeline_->DeleteMatter(kClosed));
  if (!deleted) return Fail(deleted.error());
  return {};
}

Result<void> Home::Backup(const fs::path& target) {
  auto work = [&](store::Connection& db) { return upkeep::Backup(db, originals_, folder_, target, nullptr); };
  const Result<upkeep::BackupReport> done = *Run(store_->ReadApart(work));
  if (!done) return Fail(done.error());
  return {};
}

std::vector<Document> Home::Documents() {
  documents::ListOptions all;
  all.superseded = true;
  Result<std::vector<Document>> documents =
      Read([&](store::Connection& db) { return documents::ListDocuments(db, all); });
  return documents ? std::move(*documents) : std::vector<Document>();
}

void Home::WaitWhileItFails() {
  const auto settled = [](const std::vector<Document>& documents) {
    return !documents.empty() && std::all_of(documents.begin(), documents.end(), [](const Document& document) {
      return document.state == DocumentState::kReady || document.state == DocumentState::kFailed;
    });
  };
  const auto over = [] { return __atomic_load_n(&failing_calls->seen, __ATOMIC_ACQUIRE) >= failing_calls->end; };
  for (int turn = 0; turn < 400 && !over() && !settled(Documents()); ++turn) {
    io_.restart();
    io_.run_one_for(std::chrono::milliseconds(5));
  }
}

void Home::Settle() {
  RunUntil([&] {
    if (pipeline_->purging()) return false;
    const std::int64_t pending = *Read([](store::Connection& db) { return documents::CountPending(db); });
    const bool purge = *Read([](store::Connection& db) { return search::PurgeRequested(db); });
    return pending == 0 && !purge;
  });
}

void Home::Close() {
  if (pipeline_) Stop();
  store_.reset();
}

Result<void> Home::Open() {
  Result<std::unique_ptr<store::Store>> opened = store::Store::Open(folder_ / "counsel.db", threads_);
  if (!opened) return Fail(opened.error());
  store_ = std::move(*opened);
  return {};
}

std::vector<std::string> Home::WrongWith(const Document& document) {
  std::vector<std::string> wrong;
  if (document.state != DocumentState::kReady) {
    wrong.push_back(document.name + " is " + std::string(DocumentStateName(document.state)) + ": " + document.reason);
    return wrong;
  }
  const std::string passage = TextOf(document.name);
  const std::array<float, 2> vector = ingest::FakeEmbedding::VectorOf(passage);
  const auto hits = Read([&](store::Connection& db) {
    search::Query query;
    query.text = WordOf(document.name);
    query.vector = vector;
    query.embedding_model = embedder_.model;
    return search::Search(db, query);
  });
  if (!hits) return {hits.error().ToString()};
  int found = 0;
  for (const search::Hit& hit : *hits) {
    if (hit.document == document.id && hit.keyword_rank == 1 && hit.vector_rank > 0 && hit.cosine > 0.999) ++found;
  }
  if (found != 1) wrong.push_back(document.name + " was found " + std::to_string(found) + " times by word and vector");
  return wrong;
}

std::vector<std::string> Home::WrongIn(const Expected& expected) {
  Settle();
  // What a start removes is written before this.
  (void)*Run(store_->WriteOutside([](store::Connection&) { return Result<void>(); }));
  std::vector<std::string> wrong;
  std::map<std::string, int> there;
  for (const Document& document : Documents()) {
    ++there[document.name];
    for (std::string& one : WrongWith(document)) wrong.push_back(std::move(one));
  }
  for (const auto& [name, count] : there) {
    if (count > 1) wrong.push_back(name + " is there " + std::to_string(count) + " times");
    if (!expected.there.contains(name) && !expected.either.contains(name)) wrong.push_back(name + " is there");
  }
  for (const std::string& name : expected.there) {
    if (!there.contains(name)) wrong.push_back(name + " is lost");
  }
  for (const std::set<std::string>& names : {expected.gone, expected.either}) {
    for (const std::string& name : names) {
      if (there.contains(name)) continue;
      for (const std::string& file : Holding(WordOf(name))) wrong.push_back("words of " + name + " are in " + file);
    }
  }
  auto check = [&](store::Connection& db) { return upkeep::CheckStore(db, originals_, nullptr); };
  const Result<upkeep::CheckReport> checked = *Run(store_->ReadApart(check));
  if (!checked) return {checked.error().ToString()};
  for (const upkeep::Finding& finding : checked->findings) wrong.push_back(finding.name + ": " + finding.what);
  return wrong;
}

}  // namespace counsel::faults
