// Each rule of the judge: a sentence that it lets pass, and one that it stops. A new rule gets its lines here.
#include "judging/rules.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "judging/judging.h"

namespace counsel::judging {
namespace {

struct Case {
  const char* rule;
  const char* source;
  const char* sentence;
  Grade grade;
};

constexpr Grade kYes = Grade::kSupported;
constexpr Grade kNear = Grade::kNear;
constexpr Grade kNo = Grade::kUnsupported;

const Case kCases[] = {
    {"words", "The Tenant must repay the costs.", "The Tenant must reimburse the costs.", kYes},
    {"words", "The Tenant must repay the costs.", "The Tenant must repay the premium.", kNo},
    {"words", "The Tenant must not make structural alterations.", "The Tenant must not make alterations.", kNo},
    {"words", "The Tenant may keep one copy, and copies in back-ups.", "The Tenant may keep one copy.", kYes},
    {"words", "The Tenant must pay the rent or leave the flat.", "The Tenant must pay the rent.", kNo},
    {"words", "Mr Loy must arrange the training of the new staff.",
     "Mr Loy must conduct the training of the new staff.", kNear},
    {"words", "The rent is \u00a31,450 a month, due on the first day of each month.",
     "The rent is \u00a31,450 a month.", kYes},
    {"words", "The Company shall pay the fee and the Agent shall keep the book.", "The Company shall pay the fee.",
     kYes},
    {"words", "A notice shall be in writing and, if sent by post, is deemed to be received on the second day.",
     "A notice must be in writing.", kYes},
    {"words", "A notice shall be in writing and, if sent by post, is deemed to be received on the second day.",
     "A notice is deemed to be received on the second day.", kNo},
    {"words", "The Company shall ensure that the roof is repaired and that the debt does not exceed \u00a3500.",
     "The debt must not exceed \u00a3500.", kYes},
    {"words", "The Company shall pay an arrangement fee of \u00a3500 on the date of this agreement.",
     "The arrangement fee is \u00a3500.", kYes},
    {"words", "If the Tenant is late, the Company shall pay a fee of \u00a3500.", "The fee is \u00a3500.", kNo},
    {"words", "The Company shall deliver monthly accounts within ten days and audited accounts within five months.",
     "The Company shall deliver audited accounts within five months.", kYes},
    {"words", "The Company shall deliver monthly accounts within ten days and audited accounts within five months.",
     "The Company shall deliver audited accounts within ten days.", kNo},
    {"words", "The Company shall sign the form and return it within ten days.", "The Company shall sign the form.",
     kNo},
    {"words", "The Tenant must permit the Landlord to enter the flat on notice.",
     "The Landlord may enter the flat on notice.", kYes},
    {"words", "On 4 May 2023 the Company inspected the roof.", "The Company inspected the roof.", kYes},
    {"words", "No waiver is valid unless it is in writing.", "A waiver must be in writing.", kYes},
    {"words", "She told me that the roof was old and that the wall was wet.", "The wall was wet.", kNo},
    {"words", "The charges of Birkenshaw Court, a block of 36 flats, are \u00a3900.",
     "The charges of Birkenshaw Court are \u00a3900.", kYes},
    {"words", "The premiums included a commission which was paid to an agent.", "The premiums included a commission.",
     kNear},
    {"words", "The premiums must include a commission which was paid to an agent.",
     "The premiums must include a commission.", kNo},
    {"actors", "Mrs Vail submitted that a quotation had been ignored.",
     "The Respondent submitted that a quotation had been ignored.", kNo},
    {"words", "Term: twelve months from 1 August 2025", "The term is twelve months from 1 August 2025.", kYes},
    {"words", "Term: twelve months from 1 August 2025", "The term is ten months from 1 August 2025.", kNo},
    {"words", "It was resolved that Dr Brekke be appointed a director from 1 May 2026.",
     "Dr Brekke was appointed a director from 1 May 2026.", kYes},
    {"words", "Dr Brekke shall be appointed a director from 1 May 2026.",
     "Dr Brekke was appointed a director from 1 May 2026.", kNo},
    {"words", "The secretary is to file the form within ten days and to keep the book in the safe.",
     "The secretary must keep the book in the safe.", kYes},
    {"words", "It may not sell the shop, and its powers end on 1 May 2026.", "Its powers end on 1 May 2026.", kYes},
    {"words", "The file is kept by Human Resources in a safe.", "The file is kept in a safe.", kYes},
    {"words", "Loss caused by fire is covered.", "Loss is covered.", kNo},
    {"words", "The Company shall pay for damage caused by fire, storm or flood.",
     "The Company shall pay for damage caused by storm.", kYes},
    {"words", "The Company shall pay for damage caused by fire, storm or flood.",
     "The Company shall pay for damage caused by frost.", kNo},
    {"words", "The Tenant must let my niece Clara Venn live in the flat.",
     "The Tenant must let Clara Venn live in the flat.", kYes},
    {"words", "The council objected on the ground that the road was unsafe.", "The road was unsafe.", kNo},
    {"words", "I give my car to Mr Loy.", "Mr Loy receives the car.", kYes},
    {"words", "I give my car to Mr Loy.", "The car receives Mr Loy.", kNo},
    {"words", "We appoint Mrs Okafor to be the secretary.", "The secretary is Mrs Okafor.", kYes},
    {"words", "We appoint Mrs Okafor to be the secretary.", "The chair is Mrs Okafor.", kNo},
    {"words", "The Tenant withheld the last instalment of \u00a34,730.", "The Tenant withheld the last instalment.",
     kNear},
    {"words", "The Company shall pay the debt, with interest at 8% a year from 3 March 2024.",
     "The Company shall pay the debt.", kNear},
    {"words", "Either party may end the lease if the other is insolvent, dies or sells the shop.",
     "Either party may end the lease if the other dies.", kYes},
    {"words", "Either party may end the lease only if the other is insolvent or sells the shop.",
     "Either party may end the lease only if the other is insolvent.", kNo},
    {"words", "Either party may end the lease if the other is insolvent and sells the shop.",
     "Either party may end the lease if the other is insolvent.", kNo},
    {"words", "Nothing in this agreement shall be construed as granting the Recipient any licence.",
     "No licence is granted to the Recipient.", kYes},
    {"words", "Nothing in this agreement shall be construed as granting the Recipient any licence.",
     "The Recipient gets a licence.", kNo},
    {"words", "The Discloser provides the plans on an as-is basis and without warranty of any kind.",
     "No warranty is given about the plans.", kYes},
    {"words", "The Discloser provides the plans on an as-is basis and without warranty of any kind.",
     "A warranty is given about the plans.", kNo},
    {"words",
     "This agreement is governed by and shall be construed in accordance with the laws of Norway without regard "
     "to its conflict of laws principles.",
     "The agreement is governed by the laws of Norway.", kYes},
    {"words",
     "This agreement is governed by and shall be construed in accordance with the laws of Norway without regard "
     "to its conflict of laws principles.",
     "The agreement is governed by the laws of Sweden.", kNo},
    {"words", "\u201cAnnual Rent\u201d is a sum. The Tenant must pay the Annual Rent.", "The Tenant must pay the rent.",
     kNear},
    {"words", "The Tenant must pay the Annual Rent.", "The Tenant must pay the rent.", kNo},
    {"words", "They would not sign; accordingly, if the Tenant is late, then the Tenant must pay interest.",
     "When the Tenant is late, the Tenant must pay interest.", kYes},
    {"words", "They would not sign; accordingly, if the Tenant is late, then the Tenant must pay interest.",
     "The Tenant must pay interest.", kNo},
    {"limits", "The goods are sold without any warranty, including that of fitness.",
     "The goods are sold with that of fitness.", kNo},
    {"modals", "The Supplier shall be entitled to an indemnity.", "The Supplier can get an indemnity.", kYes},
    {"modals", "The Supplier shall not be required to insure the goods.",
     "The Supplier does not have to insure the goods.", kYes},
    {"modals", "The Supplier shall not be required to insure the goods.", "The Supplier must not insure the goods.",
     kNo},
    {"values", "The Trustees shall hold four shares for Ann Lee and three shares for Ben Roe.",
     "The Trustees shall hold three shares for Ann Lee and four shares for Ben Roe.", kNo},
    {"values", "The rent is forty-eight thousand pounds (\u00a348,000) a year.", "The rent is \u00a348,000 per year.",
     kYes},
    {"values", "The rent is \u00a348,000 a year.", "The rent is \u00a384,000 a year.", kNo},
    {"values", "The rent is \u00a3500 a month and the deposit is \u00a3900.",
     "The rent is \u00a3900 a month and the deposit is \u00a3500.", kNo},
    {"values", "The meeting will be held on 19 March 2026 at 2.30 p.m.",
     "The meeting will be held on March 19, 2026 at 14:30.", kYes},
    {"values", "Notice of at least ten working days is given.", "Notice of at least ten days is given.", kNo},
    {"values", "The fee must be not more than \u00a310.", "The fee must be not less than \u00a310.", kNo},
    {"modals", "The Tenant shall not keep pets.", "The Tenant is not allowed to keep pets.", kYes},
    {"modals", "The Tenant may keep pets.", "The Tenant must keep pets.", kNo},
    {"modals", "The Tenant need not keep pets.", "The Tenant must not keep pets.", kNo},
    {"modals", "The Recipient shall not copy any sample.", "No sample may be copied by the Recipient.", kYes},
    {"modals", "This limit may not apply to you.", "This limit must not apply to you.", kNo},
    {"modals", "The costs shall be borne by the Company.", "The costs are borne by the Company.", kYes},
    {"modals", "You must cause the files to carry notices.", "cause the files to carry notices.", kNo},
    {"modals", "The costs shall be paid by the Company.", "The costs were paid by the Company.", kNo},
    {"modals", "The loan may be used for no other purpose.", "The loan must be used for no other purpose.", kNo},
    {"modals", "We will not repair the wall without notice.", "The wall must not be repaired without notice.", kYes},
    {"modals", "Nothing is deducted for wear.", "The Company deducts something for wear.", kNo},
    {"modals", "If the Tenant fails to comply, the Landlord may enter the flat.",
     "If the Tenant does not comply, the Landlord may enter the flat.", kYes},
    {"modals", "If the Tenant fails to comply, the Landlord may enter the flat.",
     "If the Tenant complies, the Landlord may enter the flat.", kNo},
    {"verbs", "Mr Penhallick intends to retire and does not seek re-election.",
     "Mr Penhallick intends to retire and seeks re-election.", kNo},
    {"clauses", "If the Landlord agrees, the Tenant may sublet the flat.", "The Tenant may sublet the flat.", kNo},
    {"clauses", "The Tenant may sublet the flat unless the Landlord objects.",
     "Unless the Landlord objects, the Tenant may sublet the flat.", kYes},
    {"clauses", "The Tenant may sublet the flat unless the Landlord objects.",
     "The Tenant may sublet the flat if the Landlord objects.", kNo},
    {"clauses", "The Tenant may keep a dog; provided that it is small.", "The Tenant may keep a dog.", kNo},
    {"clauses", "The Tenant may keep a dog; provided, however, that it is small.", "The Tenant may keep a dog.", kNo},
    {"clauses", "The debts are due; accordingly, if the Tenant is late, the Tenant must pay interest.",
     "If the Tenant is late, the Tenant must pay interest.", kYes},
    {"clauses", "If the Tenant falls ill the Tenant may sublet the flat.",
     "The Tenant may sublet the flat if the Tenant falls ill.", kYes},
    {"clauses", "If the Tenant falls ill the Tenant may sublet the flat.", "The Tenant may sublet the flat.", kNo},
    {"clauses", "The Landlord is not liable for loss unless the Landlord is at fault.",
     "The Landlord is liable for loss only if the Landlord is at fault.", kYes},
    {"clauses", "The Landlord is not liable for loss unless the Landlord is at fault.",
     "The Landlord is liable for loss.", kNo},
    {"clauses", "The Tenant may sublet the flat with the Landlord's consent.",
     "The Tenant may sublet the flat if the Landlord consents.", kYes},
    {"clauses", "The Tenant may sublet the flat, but only to students.", "The Tenant may sublet the flat.", kNo},
    {"clauses", "The Landlord will allow it only if the Tenant agrees.",
     "The Landlord will only allow it if the Tenant agrees.", kYes},
    {"actors", "The Agent may send a clerk if the Company agrees. It shall pay the clerk by cheque.",
     "The Agent shall pay the clerk by cheque.", kYes},
    {"actors", "The Agent may send a clerk if the Company agrees. It shall pay the clerk by cheque.",
     "The Company shall pay the clerk by cheque.", kNear},
    {"actors", "Either party may end the lease by notice.",
     "Either the Landlord or the Tenant may end the lease by notice.", kNear},
    {"actors", "Either party may end the lease by notice.", "The Landlord may end the lease by notice.", kNo},
    {"actors", "The parties must pay the costs.", "The Landlord and the Tenant must not pay the costs.", kNo},
    {"actors", "In either case the Supplier may raise its prices.", "The Supplier may raise its prices in either case.",
     kYes},
    {"words", "After that the Supplier may raise its prices, but not by more than 5%.",
     "The Supplier may raise its prices.", kNo},
    {"excepted", "The Landlord must insure the building, but not the Tenant's goods.",
     "The Landlord must insure the building, but not the Tenant's goods.", kYes},
    {"excepted", "The Landlord must insure the building, but not the Tenant's goods.",
     "The Landlord must insure the building and the Tenant's goods.", kNo},
    {"joints", "The seller must deliver the goods and the papers.", "The seller must deliver the goods or the papers.",
     kNo},
    {"actors", "The Buyer shall pay the Seller.", "The Seller must be paid by the Buyer.", kYes},
    {"actors", "The Buyer shall pay the Seller.", "The Seller shall pay the Buyer.", kNo},
    {"actors", "The Buyer shall bear the costs of the Seller.", "The Seller shall bear the costs of the Buyer.", kNo},
    {"actors", "The costs shall be borne by the Company.", "The costs shall be borne by the Investor.", kNo},
    {"actors", "We may close your account.", "You may close your account.", kNo},
    {"actors", "You may be examined by a doctor at our expense.", "You may be examined by a doctor at your expense.",
     kNo},
    {"limits", "The Tenant must pay no later than 9.30 am.", "The Tenant must pay by 9:30 a.m.", kYes},
    {"limits", "The Company must tell you ten days before.", "The Company must tell you ten days after.", kNo},
    {"limits", "The plans are delivered before the works begin.", "The plans are delivered after the works begin.",
     kNo},
    {"quantifiers", "The room may be used only for storage.", "The room may be used for storage.", kNo},
    {"quantifiers", "Each loan shall be of \u00a3500.", "One loan shall be of \u00a3500.", kNo},
    {"quantifiers", "The goods cost \u00a3900 in all.", "The goods cost \u00a3900 each.", kNo},
    {"quantifiers", "The data is stored in Ireland and in Germany only.",
     "The data is stored in Ireland and in Germany.", kNo},
    {"quantifiers", "Either party may end the agreement.", "Both parties may end the agreement.", kNo},
    {"sentences", "The lease runs for two years. The guarantee runs for five years.", "The lease runs for five years.",
     kNo},
    {"sides", "The termination of the lease does not affect the guarantee.",
     "The guarantee does not affect the termination of the lease.", kNo},
    {"order", "The buyer pays the rent review costs.", "The buyer pays the review rent costs.", kNo},
};

TEST(Rules, EachLetsPassWhatItShouldAndStopsTheRest) {
  for (const Case& one : kCases) {
    const std::string source = one.source;
    const Verdict verdict = Sources({{"Lease", "", source}}).Judge(one.sentence);
    std::string differences;
    for (const std::string& difference : verdict.differences) differences += "\n  " + difference;
    EXPECT_EQ(GradeName(verdict.grade), GradeName(one.grade)) << one.rule << ": " << one.sentence << differences;
  }
}

TEST(Rules, EachOneOfTheTableHasACase) {
  for (const Rule& rule : Rules()) {
    bool found = false;
    for (const Case& one : kCases) found = found || std::string(one.rule) == rule.name;
    EXPECT_TRUE(found) << rule.name;
  }
}

}  // namespace
}  // namespace counsel::judging
