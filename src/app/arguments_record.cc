#include "app/arguments_parts.h"

namespace counsel::app {

void DeclareCompare(CLI::App& app, Arguments& arguments) {
  CompareOptions& options = arguments.compare;
  CLI::App* compare =
      Verb(app, "compare", "two documents, or two versions of one, clause by clause: the changes that matter first",
           arguments);
  compare->add_option("first", options.first, "the older one: its id or name")->required();
  compare->add_option("second", options.second, "the newer one")->required();
  compare
      ->add_option("--docx", options.docx,
                   "write a Word document, a file that is not there yet, with every change tracked")
      ->check(NotEmpty());
  compare->footer(
      "Examples:\n"
      "  counsel compare lease-draft.docx lease-final.pdf\n"
      "  counsel compare 5f3a 91bc --docx redline.docx\n"
      "Two versions of one document have the same name: name them by their ids (counsel documents --json).");
}

void DeclareRecord(CLI::App& app, Arguments& arguments) {
  RecordOptions& options = arguments.record;
  CLI::App* record = Verb(app, "record",
                          "what was asked and answered, on what grounds, and what was done about it since: only ever "
                          "added to, and anybody can verify it",
                          arguments);
  record->require_subcommand(1);
  const auto action = [&](const char* verb, const char* name, const char* help) {
    CLI::App* sub = record->add_subcommand(verb, help);
    sub->callback([&options, name] { options.action = name; });
    return sub;
  };
  CLI::App* list = action("list", "list", "its entries, the newest first");
  list->add_option("--matter", options.matter, "only those of this matter")->check(NotEmpty());
  list->add_option("--limit", options.limit, "at most so many")->check(CLI::Range(1, 1000))->capture_default_str();
  CLI::App* show = action("show", "show", "one entry, and what was done about it");
  show->add_option("entry", options.number, "its number")->required();
  DeclareDocx(*show, options.docx);
  show->add_flag("--conversation", options.docx.conversation, "with --docx: all of the conversation it was asked in")
      ->needs("--docx");
  const auto act = [&](const char* verb, const char* name, const char* help, const char* words) {
    CLI::App* sub = action(verb, name, help);
    sub->add_option("entry", options.number, "its number")->required();
    return sub->add_option("words", arguments.words, words);
  };
  act("review", "reviewed", "say that you have reviewed an answer", "a remark");
  act("correct", "corrected", "say what is wrong with an answer, and what is right", "the correction")->required();
  act("sign-off", "signed_off", "sign an answer off, under your name", "for what, on what condition");
  const auto hold = [&](const char* verb, const char* name, const char* help) {
    CLI::App* sub = action(verb, name, help);
    sub->add_option("matter", options.matter, "its name")->required();
    sub->add_option("words", arguments.words, "why");
  };
  hold("hold", "held", "put a matter on legal hold: no document, question or answer of it is deleted");
  hold("release", "released", "end a matter's hold");
  CLI::App* retain = action("retain", "retained",
                            "how long the texts of a matter are kept in the record: what is older loses them, and an "
                            "entry says so; none while the matter is on hold");
  retain->add_option("matter", options.matter, "its name")->required();
  retain->add_option("years", options.years, "0: for ever")->required()->check(CLI::Range(0, 100));
  action("head", "head", "print what stands for the whole record, SIZE:ROOT; note it outside, by mail or on paper")
      ->add_flag("--sign", options.sign,
                 "with the time, signed with this home's key (Ed25519), which the first use makes");
  action("verify", "verify", "hash all of it again and tell every entry that is not what it was")
      ->add_option("--head", options.head, "one that was noted: the record must begin with it");
  CLI::App* export_verb = action("export", "export", "write it for somebody else to verify (docs/record.md)");
  export_verb->add_option("file", options.file, "a file that is not there yet (JSON Lines)")->required();
  export_verb->add_option("--matter", options.matter, "only this matter's, with proofs that they stand in the record")
      ->check(NotEmpty());
  record->footer(
      "Examples:\n"
      "  counsel record list --matter \"Smith v Jones\"\n"
      "  counsel record correct 12 \"The rent is 1,540 pounds\"\n"
      "  counsel record sign-off 12\n"
      "  counsel record show 12 --docx answer.docx --checked-only\n"
      "  counsel record head                                  # note what it prints, outside\n"
      "  counsel record verify --head 12:5dc9da79…            # later: nothing was changed since\n"
      "  counsel record export smith.jsonl --matter \"Smith v Jones\"\n"
      "Deleting a document, matter or conversation deletes the texts of the entries that may hold its words; their "
      "digests\nstay, and an entry says so.");
  CLI::App* replay = Verb(app, "replay",
                          "have an answer of the record written once more, from the same prompt: the same text to the "
                          "bit, or what is not as it was",
                          arguments);
  replay->add_option("entry", options.number, "its number (counsel record list)")->required();
  replay->add_flag("--now", options.now, "ask its question again today, and show how evidence and answer differ");
  replay->footer("Examples:\n  counsel replay 12\n  counsel replay 12 --now");
}

}  // namespace counsel::app
