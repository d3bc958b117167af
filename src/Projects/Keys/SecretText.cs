using System.Security.Cryptography;

namespace Cairn.Projects.Keys;

/// <summary>New random keys, in the form their kind has.</summary>
static class SecretText
{
    const string Alphanumerics = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    /// <summary>Beginnings that tell a reader, and a scanner for leaked secrets, what a text is.</summary>
    public const string AdminKeyPrefix = "cairn_admin_", SessionPrefix = "cairn_session_", CodePrefix = "cairn_code_";

    /// <summary>A text of 128 bits or more.</summary>
    public static string New(KeyKind kind) => kind switch
    {
        KeyKind.MixpanelToken or KeyKind.AmplitudeApiKey or KeyKind.ApiSecret => RandomNumberGenerator.GetHexString(32, lowercase: true),
        KeyKind.SegmentWriteKey or KeyKind.ServiceAccount => RandomNumberGenerator.GetString(Alphanumerics, 32),
        KeyKind.AdminKey => AdminKeyPrefix + RandomNumberGenerator.GetString(Alphanumerics, 43),
    };

    /// <summary>A text of 256 bits for a session or a sign-in link.</summary>
    public static string NewSignIn(string prefix) => prefix + RandomNumberGenerator.GetString(Alphanumerics, 43);

    /// <summary>The part of a secret that may be shown later, to tell one from another.</summary>
    public static string Hint(string secret) => secret[..4] + "…";
}
