#include "app/arguments_parts.h"

namespace counsel::app {

void DeclareReview(CLI::App& app, Arguments& arguments) {
  ReviewOptions& options = arguments.review;
  CLI::App* review = Verb(app, "review",
                          "tables: the documents of a matter, and a typed question in each column; every cell with the "
                          "words that state it, and a grade",
                          arguments);
  review->require_subcommand(1);
  const auto action = [&](const char* verb, const char* name, const char* help) {
    CLI::App* sub = review->add_subcommand(verb, help);
    sub->callback([&options, name] { options.action = name; });
    sub->add_option("--matter", options.matter, "the matter")->check(NotEmpty());
    return sub;
  };
  const auto named = [&](const char* verb, const char* name, const char* help) {
    CLI::App* sub = action(verb, name, help);
    sub->add_option("name", options.name, "its name or number")->required();
    return sub;
  };
  CLI::App* create = named("create", "create", "make one and fill it in the background");
  create->add_option("--columns", options.columns, "a column file, or lease, nda, share-purchase, employment, loan")
      ->required();
  create->add_flag("--no-wait", options.no_wait, "return at once; it is filled all the same");
  action("list", "list", "those there are");
  CLI::App* show = named("show", "show", "its cells, each with its grade");
  show->add_option("--grade", options.grade, "only rows with such a cell: supported, near, empty");
  show->add_option("--state", options.state, "likewise: open, verified, corrected, assigned");
  named("run", "run", "fill what is missing: documents that are new or changed")
      ->add_flag("--no-wait", options.no_wait, "return at once");
  named("cancel", "cancel", "stop filling it; what is filled stays");
  const auto act = [&](const char* verb, const char* name, const char* help, const char* words) {
    CLI::App* sub = named(verb, name, help);
    sub->add_option("document", options.document, "an id or name")->required();
    sub->add_option("column", options.column, "its name")->required();
    CLI::Option* said = sub->add_option("words", options.words, words);
    if (std::string_view(name) != "verified") said->required();
  };
  act("verify", "verified", "say that a cell is right", "a remark");
  act("correct", "corrected", "say what is right; what was found stays visible", "the value; '' where there is none");
  act("assign", "assigned", "give a cell to somebody", "to whom");
  act("comment", "commented", "remark on a cell", "the comment");
  named("export", "export", "write it to a file: .xlsx, .csv or .json")
      ->add_option("file", options.file, "a file that is not there yet")
      ->required();
  named("delete", "delete", "delete it with what was said of its cells");
  action("columns", "columns", "print a column set, to begin a file of your own with")
      ->add_option("set", options.columns, "lease, nda, share-purchase, employment or loan")
      ->required();
  review->footer(
      "Examples:\n"
      "  counsel review create Leases --matter \"Smith v Jones\" --columns lease\n"
      "  counsel review show Leases --grade near\n"
      "  counsel review correct Leases flat2.pdf Rent \"£900 per month\"\n"
      "  counsel review export Leases leases.xlsx\n"
      "docs/review.md has the form of a column file.");
}

}  // namespace counsel::app
