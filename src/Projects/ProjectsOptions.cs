namespace Cairn.Projects;

/// <summary>What a deployment tells this room.</summary>
/// <param name="AdminKey">A key to the whole deployment that is a setting (on Azure, a Key Vault reference); null where there is none.</param>
/// <param name="KeysFile">Where one machine keeps the first project's keys for scripts; null on Azure, where no file holds a secret.</param>
/// <param name="AdminKeySha256">SHA-256 of such a key, 64 hex digits, where not even the settings may hold one; null where there is none.</param>
public sealed record ProjectsOptions(string? AdminKey = null, string? KeysFile = null, string? AdminKeySha256 = null);
