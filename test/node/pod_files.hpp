#pragma once

#include "test/node/pod_spec.hpp"

#include <nlohmann/json_fwd.hpp>

#include <filesystem>
#include <map>
#include <string>

namespace btc::node {

/// A Secret's data, decoded.
using secret_data = std::map<std::string, std::string>;

/// Throws std::runtime_error for what is no Secret.
[[nodiscard]] secret_data decode_secret(const nlohmann::json& secret);

/// Makes the folder for a volume that the pod may write to; what is in it stays.
void make_data_folder(const std::filesystem::path& folder, const pod_spec& pod);

/// Writes the files of a Secret volume, readable by the pod's group. Throws std::runtime_error
/// naming a key that the Secret lacks.
void write_secret(const std::filesystem::path& folder,
                  const secret_volume& volume,
                  const secret_data& data,
                  const pod_spec& pod);

/// The folder that is every container's /etc, apart from `hosts`.
void make_etc(const std::filesystem::path& etc);

/// Replaces a file as a whole: whoever reads sees the old or the new one.
void replace_file(const std::filesystem::path& path, const std::string& content, unsigned mode);

}  // namespace btc::node
