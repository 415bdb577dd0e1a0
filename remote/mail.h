// `counsel-remote --mail`: one look into a folder of a mailbox (outgoing/mail_order.h).
#pragma once

namespace counsel::remote {

// Reads the order from descriptor 3, writes frames to 4. The exit status.
[[nodiscard]] int FetchMail();

}  // namespace counsel::remote
