// Documents inside documents, in the queue.
#include "ingest/ingest_fixture.h"

namespace counsel::ingest {
namespace {

// A mail with one attachment a name; its text is "words of NAME".
std::string Mail(const std::string& subject, const std::vector<std::string>& names) {
  std::string mail = "From: a@example.org\nTo: b@example.org\nSubject: " + subject +
                     "\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=bb\n\n--bb\n"
                     "Content-Type: text/plain\n\nSee what is attached.\n";
  for (const std::string& name : names) {
    mail += "--bb\nContent-Type: text/plain\nContent-Disposition: attachment; filename=\"" + name +
            "\"\n\nThe words of " + name + ".\n";
  }
  return mail + "--bb--\n";
}

class Attachments : public Ingesting {
 protected:
  std::vector<documents::EmbeddedDocument> HeldBy(const std::string& id) {
    return *Read([&](store::Connection& db) { return documents::ListEmbedded(db, id); });
  }
  std::string HeldBy(const std::string& id, const std::string& name) {
    for (const documents::EmbeddedDocument& one : HeldBy(id)) {
      if (one.name == name) return one.id;
    }
    return "none";
  }
  Result<Document> Delete(const std::string& id) { return *Run(pipeline_->Delete(id)); }
};

TEST_F(Attachments, BecomeDocumentsOfTheirOwnLinkedToTheMail) {
  Start();
  const std::string mail = Add(Mail("One", {"xylophone.txt"}), "/a.eml");
  EXPECT_EQ(WaitFor(mail)->media_type, "message/rfc822");
  const std::string attached = HeldBy(mail, "xylophone.txt");
  const Result<Document> document = WaitFor(attached);
  ASSERT_TRUE(document) << document.error().ToString();
  EXPECT_EQ(document->state, DocumentState::kReady);
  EXPECT_EQ(document->matter, "general");
  EXPECT_THAT(document->parents, testing::ElementsAre(mail));
  EXPECT_THAT(FoundIn("words xylophone"), testing::Contains(attached));
}

TEST_F(Attachments, GoWithTheLastMailThatHoldsThem) {
  Start();
  const std::string first = Add(Mail("One", {"shared.txt", "only.txt"}), "/a.eml");
  WaitFor(first);
  const std::string second = Add(Mail("Two", {"shared.txt"}), "/b.eml");
  WaitFor(second);
  const std::string shared = HeldBy(first, "shared.txt");
  const std::string only = HeldBy(first, "only.txt");
  EXPECT_EQ(HeldBy(second, "shared.txt"), shared);
  WaitFor(shared);
  WaitFor(only);
  ASSERT_TRUE(Delete(first));
  EXPECT_EQ(WaitFor(only).error().code, ErrorCode::kNotFound);
  EXPECT_TRUE(WaitFor(shared));
  const std::string sha256 = Get(shared).sha256;
  ASSERT_TRUE(Delete(second));
  EXPECT_EQ(WaitFor(shared).error().code, ErrorCode::kNotFound);
  EXPECT_FALSE(fs::exists(originals_.PathOf(sha256)));
  EXPECT_EQ(Counts().documents, 0);
}

TEST_F(Attachments, ThatWereAlsoAddedByThemselvesStay) {
  Start();
  const std::string mail = Add(Mail("One", {"kept.txt"}), "/a.eml");
  WaitFor(mail);
  const std::string held = HeldBy(mail, "kept.txt");
  WaitFor(held);
  EXPECT_EQ(Add("The words of kept.txt.", "/kept.txt"), held);
  ASSERT_TRUE(Delete(mail));
  const Result<Document> kept = WaitFor(held);
  ASSERT_TRUE(kept) << kept.error().ToString();
  EXPECT_EQ(kept->state, DocumentState::kReady);
}

TEST_F(Attachments, OfASupersededMailAreNoLongerFoundUnlessTheNewOneHoldsThem) {
  Start();
  const std::string old = Add(Mail("One", {"gone.txt", "stays.txt"}), "/a.eml");
  WaitFor(old);
  const std::string gone = HeldBy(old, "gone.txt");
  const std::string stays = HeldBy(old, "stays.txt");
  WaitFor(gone);
  WaitFor(stays);
  const std::string successor = Add(Mail("Two", {"stays.txt"}), "/a.eml");
  WaitFor(successor);
  EXPECT_EQ(Get(gone).superseded_by, successor);
  EXPECT_EQ(Get(stays).superseded_by, "");
  EXPECT_THAT(FoundIn("words of gone"), testing::Not(testing::Contains(gone)));
  EXPECT_THAT(FoundIn("words of stays"), testing::Contains(stays));
}

TEST_F(Attachments, AreNestedOnlySoDeep) {
  Start();
  // Each mail holds the one before as an attachment of type message/rfc822.
  std::string mail = Mail("innermost", {});
  for (int depth = 0; depth < documents::kMaxEmbeddedDepth + 2; ++depth) {
    mail = "From: a\nTo: b\nSubject: depth " + std::to_string(depth) +
           "\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=c" + std::to_string(depth) + "\n\n--c" +
           std::to_string(depth) + "\nContent-Type: message/rfc822\n\n" + mail + "\n--c" + std::to_string(depth) +
           "--\n";
  }
  std::string id = Add(mail, "/deep.eml");
  int depth = 0;
  for (; depth < 20; ++depth) {
    const Result<Document> document = WaitFor(id);
    ASSERT_TRUE(document);
    EXPECT_EQ(document->state, DocumentState::kReady) << document->reason;
    if (HeldBy(id).empty()) break;
    id = HeldBy(id).front().id;
  }
  EXPECT_EQ(depth, documents::kMaxEmbeddedDepth);
  EXPECT_THAT(Get(id).notes, testing::Contains(HasSubstr("1 file inside it was left out")));
}

}  // namespace
}  // namespace counsel::ingest
