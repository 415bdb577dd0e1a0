// What a sentence is beside the others: another row than the one that is asked about, another day, the definition of a
// term in which the answer stands. Pure; English.
#pragma once

#include <string>
#include <vector>

#include "answers/quotes.h"
#include "answers/subject.h"

namespace counsel::answers {

// "How many shares does Harold Finch hold?": his row, and no other of that table. Where the cell that is asked for is
// empty, the row is no answer.
void PreferTheRow(const Subject& subject, understanding::AnswerKind kind, const std::vector<Passage>& passages,
                  std::vector<Quote>* quotes);

// "What happened on 17 March 2024?": what bears another date, and not this one, is no answer.
void PreferTheDay(const std::string& question, std::vector<Quote>* quotes);

// "What is the salary of Dr Ward?": where a sentence says what the salary is, what else she is paid stands behind it.
void PreferTheHeadItself(const Subject& subject, understanding::AnswerKind kind, const std::vector<Passage>& passages,
                         std::vector<Quote>* quotes);

// "What does Ann think of the notice?": what she wrote herself stands before what others write to her.
void PreferTheAuthor(const std::string& question, const std::vector<Passage>& passages, std::vector<Quote>* quotes);

// "When does the lease end?": on its last day, and not when the Tenant may end it; unless that is asked.
void PreferWhatIsToWhatMayBe(const std::string& question, understanding::AnswerKind kind, std::vector<Quote>* quotes);

// "When does the agreement begin?": on the Commencement Date, which is defined elsewhere. Tells the definition where it
// is used.
void FollowDefinedTerms(const Subject& subject, understanding::AnswerKind kind, std::vector<Quote>* quotes);
// Gives such definitions a score above that of the sentence that uses them.
void PutDefinitionsBefore(std::vector<Quote>* quotes);

}  // namespace counsel::answers
