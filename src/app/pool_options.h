#pragma once

#include <filesystem>

#include <boost/asio/thread_pool.hpp>

#include "app/programs.h"
#include "app/settings.h"
#include "models/pool.h"

namespace counsel::app {

// The pool's options as the settings have them now. The pool can follow those that may change while it runs
// (ModelPool::Follow). `files` must live as long as the pool.
[[nodiscard]] models::PoolOptions OptionsOfPool(const Settings& settings, const Programs& programs,
                                                const std::filesystem::path& runtime_folder,
                                                boost::asio::thread_pool* files);

}  // namespace counsel::app
