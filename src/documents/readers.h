// Where the readers of documents come from. While documents are read one after the other, each reader is a fork of one
// program that has loaded its libraries and entered its namespaces (child/zygote.h); that program starts with the first
// document and ends some seconds after the last, or after so many documents that a new one should lay out its memory
// anew. Where the kernel lacks a layer of the sandbox, or a fork fails, a document has a program of its own.
//
// io thread only.
#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "base/result.h"
#include "child/child.h"

namespace counsel::documents {

struct ReadersOptions {
  ReadersOptions() = default;
  std::chrono::milliseconds idle{3'000};       // a program that forks ends so long after its last document
  int documents = 500;                         // that are read by the forks of one
  std::chrono::milliseconds pause{60'000};     // after one that could not fork
  std::chrono::milliseconds patience{10'000};  // with one that should fork and does not answer: it is ended
};

class Readers {
 public:
  explicit Readers(boost::asio::any_io_executor io, ReadersOptions options = ReadersOptions());
  // Ends the programs; readers go on.
  ~Readers();
  Readers(const Readers&) = delete;
  Readers& operator=(const Readers&) = delete;

  // As Child::Spawn, of a program that knows --zygote: the same limits, arguments, environment, descriptors 3 and 4.
  // This must outlive the call.
  [[nodiscard]] boost::asio::awaitable<Result<std::unique_ptr<child::Child>>> Start(child::ChildOptions options);
  // Ends the programs, whose idle time would keep the io thread; what is read from then on has a program of its own.
  void Stop();
  // Programs that fork, now.
  [[nodiscard]] std::size_t zygotes() const;

 private:
  struct Line;
  [[nodiscard]] std::shared_ptr<Line> LineOf(const child::ChildOptions& options);
  void EndWhenIdle(const std::shared_ptr<Line>& line);

  const boost::asio::any_io_executor io_;
  const ReadersOptions options_;
  bool stopped_ = false;
  std::map<std::string, std::shared_ptr<Line>> lines_;  // by program
};

// counsel-extract, and where its processes come from.
struct Extractor {
  Extractor() = default;
  Extractor(std::filesystem::path program_in, std::shared_ptr<Readers> readers_in = nullptr)
      : program(std::move(program_in)), readers(std::move(readers_in)) {}
  std::filesystem::path program;
  std::shared_ptr<Readers> readers;  // nullptr: each document has a program of its own
};

}  // namespace counsel::documents
