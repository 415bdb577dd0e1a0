#include "word/answers.h"

#include <algorithm>
#include <utility>

#include "word/marked_text.h"

namespace counsel::word {
namespace {

std::string Join(const std::vector<std::string>& parts, std::string_view between) {
  std::string text;
  for (const std::string& part : parts) {
    if (!part.empty()) text += (text.empty() ? "" : std::string(between)) + part;
  }
  return text;
}

std::string PersonOf(const Json& person) {
  if (!person.is_object() || person.empty() || !person.begin()->is_string()) return "somebody who is not known";
  return person.begin()->get<std::string>() + (person.contains("token") ? " (token)" : "");
}

// "2026-11-30 22:45 UTC"
std::string When(const Json& entry) {
  std::string time = StringOf(entry, "time");
  if (time.size() < 16) return time;
  time[10] = ' ';
  return time.substr(0, 16) + " UTC";
}

// One question with its answer.
class Answer {
 public:
  Answer(const Asked& asked, const AnswerOptions& options, Document* paper)
      : asked_(asked), said_(Member(asked.entry, "said")), options_(options), paper_(paper) {}

  void Write() {
    paper_->Add(Paragraph(Kind::kHeading, asked_.texts ? TextOf(said_, "question") : "A question that was deleted"));
    paper_->Add(Paragraph(Kind::kNote, Facts()));
    if (!asked_.texts) {
      paper_->Add(Paragraph(Kind::kNote, "Its texts were deleted with a document, a matter or a conversation."));
      return;
    }
    const std::string outcome = StringOf(said_, "outcome");
    if (outcome == "quoted" && !Member(said_, "quotes").empty()) {
      WriteQuotes();
    } else {
      WriteAnswer();
      if (outcome == "unsupported") WriteDraft();
    }
    WriteSides("contradictions", "Elsewhere another value is stated; see whether it is of the same thing:");
    WriteDisagreements();
    for (const Json& note : Member(said_, "notes")) paper_->Add(Paragraph(Kind::kNote, "Note: " + TextIn(note)));
    if (left_out_ > 0) {
      paper_->Add(Paragraph(Kind::kNote, left_out_ == 1 ? "One sentence that the documents do not support was left out."
                                                        : std::to_string(left_out_) +
                                                              " sentences that the documents do not support were left "
                                                              "out."));
    }
    WriteActs();
  }

 private:
  std::string Facts() const {
    std::vector<std::string> matters;
    for (const Json& matter : Member(said_, "matters")) matters.push_back(TextIn(matter));
    const std::string within = matters.empty() || !asked_.texts ? "" : "in " + Join(matters, ", ");
    const Json& model = Member(said_, "model");
    const std::string writer = model.is_object() ? "written by " + StringOf(model, "name") : "";
    return "Asked " + When(asked_.entry) + " by " + PersonOf(Member(asked_.entry, "person")) + ". " +
           Join({"Entry " + std::to_string(asked_.number) + " of the record", within, writer,
                 StringOf(asked_.entry, "program")},
                ", ") +
           ".";
  }

  void WriteQuotes() {
    paper_->Add(Paragraph(Kind::kBody, "From the documents, word for word:"));
    for (const Json& quote : Member(said_, "quotes")) AddQuote(Flowing(TextOf(quote, "quote")), quote);
  }

  void AddQuote(const std::string& text, const Json& place) {
    Piece piece("“" + text + "”");
    piece.footnote = paper_->AddFootnote(FootnoteOf(place));
    paper_->Add(Paragraph(Kind::kQuote, {piece}));
  }

  void WriteAnswer() {
    const std::string answer = TextOf(said_, "answer");
    MarkedText text(answer, paper_);
    // Of an answer that nothing supports the sentences are those of the draft.
    if (StringOf(said_, "outcome") != "unsupported") text.Mark(Member(said_, "sentences"));
    text.Cite(Member(said_, "citations"));
    left_out_ += text.Write(options_.checked_only);
  }

  void WriteDraft() {
    const std::string draft = TextOf(said_, "draft");
    if (draft.empty()) return;
    MarkedText text(draft, paper_);
    text.Mark(Member(said_, "sentences"));
    if (options_.checked_only) {
      left_out_ += text.Unsupported();
      return;
    }
    paper_->Add(Paragraph(Kind::kSubheading, "What the model wrote, and the documents do not support"));
    left_out_ += text.Write(false);
  }

  void WriteSides(const char* member, const char* title) {
    const Json all = Json::parse(TextOf(said_, member), nullptr, false);
    if (!all.is_array() || all.empty()) return;
    paper_->Add(Paragraph(Kind::kBody, title));
    for (const Json& one : all) {
      std::vector<Piece> pieces = {Piece(StringOf(one, "about") + ": ")};
      for (const Json& side : Member(one, "sides")) {
        if (pieces.size() > 1) pieces.emplace_back("; ");
        AddSide(StringOf(side, "says"), Member(side, "citation"), &pieces);
      }
      paper_->Add(Paragraph(Kind::kQuote, pieces));
    }
  }

  // Documents and the register.
  void WriteDisagreements() {
    const Json all = Json::parse(TextOf(said_, "disagreements"), nullptr, false);
    if (!all.is_array() || all.empty()) return;
    paper_->Add(Paragraph(Kind::kBody, "Documents and the register side by side; neither is taken to be right:"));
    for (const Json& one : all) {
      std::vector<Piece> pieces = {Piece("the register: ")};
      AddSide(StringOf(Member(one, "register"), "says"), Member(Member(one, "register"), "citation"), &pieces);
      pieces.emplace_back("; the document: ");
      AddSide(StringOf(Member(one, "document"), "says"), Member(Member(one, "document"), "citation"), &pieces);
      paper_->Add(Paragraph(Kind::kQuote, pieces));
    }
  }

  void AddSide(std::string says, const Json& citation, std::vector<Piece>* pieces) {
    Piece piece(std::move(says));
    if (citation.is_object()) piece.footnote = paper_->AddFootnote(FootnoteOf(citation));
    pieces->push_back(std::move(piece));
  }

  void WriteActs() {
    for (const Json& act : asked_.acts) {
      const std::string kind = StringOf(act, "kind");
      if (kind == "exported") continue;
      const std::string words = TextOf(Member(act, "said"), "words");
      const std::string what = kind == "signed_off" ? "Signed off" : kind == "corrected" ? "Corrected" : "Reviewed";
      paper_->Add(Paragraph(Kind::kBody, {Piece(what + " by " + PersonOf(Member(act, "person")) + ", " + When(act) +
                                                    (words.empty() ? "." : ": "),
                                                Look::kStrong),
                                          Piece(words)}));
    }
  }

  const Asked& asked_;
  const Json& said_;
  const AnswerOptions& options_;
  Document* paper_;
  std::size_t left_out_ = 0;
};

void WriteLegend(const AnswerOptions& options, Document* paper) {
  std::vector<Piece> pieces = {
      Piece("What has a footnote was compared by Counsel with the passage that the footnote quotes. "),
      Piece("Near", Look::kNear), Piece(": it agrees but for what the footnote names. ")};
  if (!options.checked_only) {
    pieces.emplace_back("Not supported", Look::kUnsupported);
    pieces.emplace_back(": no passage was found that bears it out; it may still be true. ");
  }
  pieces.emplace_back("Whoever relies on it reads the passages.");
  paper->Add(Paragraph(Kind::kNote, pieces));
}

}  // namespace

Document AnswersInWord(const std::vector<Asked>& asked, const AnswerOptions& options) {
  const std::string title = asked.size() == 1 ? "Answer from the documents" : "Questions and answers";
  Document paper(title, options.made_at);
  paper.Add(Paragraph(Kind::kTitle, title));
  WriteLegend(options, &paper);
  for (const Asked& one : asked) Answer(one, options, &paper).Write();
  return paper;
}

}  // namespace counsel::word
