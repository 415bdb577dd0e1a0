#include "app/arguments_parts.h"

namespace counsel::app {

void DeclareChronology(CLI::App& app, Arguments& arguments) {
  ChronologyOptions& options = arguments.chronology;
  CLI::App* verb = Verb(app, "chronology",
                        "the dates that documents tell, in order: what happened, who, in which words, where; what two "
                        "tell differently side by side",
                        arguments);
  verb->add_option("--matter", options.matter, "only this matter's")->check(NotEmpty());
  Several(*verb, "--document", options.documents, "only this document's: its id or name");
  verb->add_option("--from", options.from, "from this day on, 2024-03-05");
  verb->add_option("--to", options.to, "to this day");
  verb->add_flag("--undated", options.undated,
                 "also dates that the documents leave open: day and month that may be changed about, no year, counted "
                 "from what has no date");
  CLI::Option* csv = verb->add_option("--csv", options.csv, "write a table into a file that is not there yet");
  verb->add_option("--docx", options.docx,
                   "the same as a Word document, the sources as footnotes; at most 5,000 events")
      ->excludes(csv);
  verb->footer(
      "Examples:\n"
      "  counsel chronology --matter \"Smith v Jones\"\n"
      "  counsel chronology --matter \"Smith v Jones\" --from 2023-01-01 --to 2023-12-31 --csv 2023.csv\n"
      "  counsel chronology --matter \"Smith v Jones\" --docx chronology.docx\n"
      "A ~ stands before a day that was counted, or whose year the text leaves open: from what, is said beside it.\n"
      "docs/chronology.md says what is read as a date and what is not.");

  CLI::App* mentions = Verb(app, "mentions",
                            "whether any document mentions something: where, how often; or that none does, with how it "
                            "was looked for and what was not read",
                            arguments);
  mentions->add_option("text", arguments.mentions.text, "a word, or several one after the other")->required();
  mentions->add_option("--matter", arguments.mentions.matter, "only this matter's")->check(NotEmpty());
  mentions->footer("Example:\n  counsel mentions \"asbestos\" --matter \"Smith v Jones\"");
}

}  // namespace counsel::app
