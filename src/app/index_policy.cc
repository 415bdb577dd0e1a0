#include "app/index_policy.h"

#include <cstdlib>

namespace counsel::app {

search::IndexPolicy PolicyOfIndex() {
  search::IndexPolicy policy;
  if (::getenv("COUNSEL_TEST_INDEX") == nullptr) return policy;
  policy.least = 2;
  policy.batch = 8;
  policy.together = 3;
  policy.most = 200;
  policy.most_gone = 1;
  return policy;
}

}  // namespace counsel::app
