// Folders of mailboxes on mail servers, followed: each new mail becomes a document, once. Nothing is changed there.
//
// One mailbox is looked into at a time, every few minutes and when somebody asks. How far each was read is kept in the
// home's mailboxes.json, after every few mails: what a kill leaves unsaid there is read again, and is the same document
// by its bytes. A mail that is deleted here does not come again, and one deleted there stays here.
//
// Threads: io thread only.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>

#include "base/result.h"
#include "documents/documents.h"
#include "mail/look.h"
#include "mail/mailbox.h"
#include "store/store.h"

namespace counsel::mail {

inline constexpr std::size_t kMostMailboxes = 100;
inline constexpr std::chrono::minutes kBetweenLooks{5};

struct FollowingOptions {
  FollowingOptions() = default;
  std::filesystem::path file;                 // mailboxes.json
  std::filesystem::path program;              // counsel-remote
  std::function<std::uint64_t()> most_bytes;  // of a mail
  std::function<void()> added;                // a document was queued
};

class Following {
 public:
  Following(boost::asio::any_io_executor io, boost::asio::thread_pool& threads, store::Store& store,
            const documents::Originals& originals, FollowingOptions options);
  ~Following();
  Following(const Following&) = delete;
  Following& operator=(const Following&) = delete;

  // Reads the list and begins to look.
  void Start();
  void Stop();

  // Looks whether the server, the user and the folder are there before it is followed. Errors: kInvalidArgument,
  // kAlreadyExists, kTooLarge (kMostMailboxes), and the server's: kUnauthenticated, kNotFound, kUnavailable, …
  [[nodiscard]] boost::asio::awaitable<Result<Mailbox>> Add(Mailbox mailbox);
  [[nodiscard]] std::vector<Mailbox> List() const { return mailboxes_; }
  // It is looked into now: its id.
  [[nodiscard]] const std::string& looking_into() const { return looking_into_; }
  // Its mails stay. kNotFound.
  [[nodiscard]] boost::asio::awaitable<Result<Mailbox>> Remove(std::string id);
  // Looks into it, "" for all, as soon as may be. kNotFound.
  [[nodiscard]] Result<void> Now(const std::string& id);

 private:
  struct Delivery;
  boost::asio::awaitable<void> Run();
  boost::asio::awaitable<void> LookInto(std::string id);
  [[nodiscard]] boost::asio::awaitable<Result<void>> LookOnce(std::shared_ptr<Delivery> delivery);
  [[nodiscard]] boost::asio::awaitable<Result<Secret>> SecretOf(Mailbox mailbox);
  [[nodiscard]] Receiver Receive(const std::shared_ptr<Delivery>& delivery);
  [[nodiscard]] boost::asio::awaitable<Result<void>> TakeMail(std::shared_ptr<Delivery> delivery);
  [[nodiscard]] boost::asio::awaitable<Result<void>> Save();
  Mailbox* Find(const std::string& id);

  boost::asio::any_io_executor io_;
  boost::asio::thread_pool& threads_;
  store::Store& store_;
  const documents::Originals& originals_;
  FollowingOptions options_;
  std::vector<Mailbox> mailboxes_;
  std::map<std::string, std::chrono::steady_clock::time_point> due_;
  std::map<std::string, int> failures_;  // in a row
  std::string looking_into_;
  std::shared_ptr<LookStop> stop_look_;
  boost::asio::steady_timer wake_;
  bool stopping_ = false;
};

}  // namespace counsel::mail
