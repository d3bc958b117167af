namespace Cairn.Projects.Keys;

/// <summary>What a key is for. Stored: the numbers stay for ever.</summary>
public enum KeyKind
{
    /// <summary>A Mixpanel project token: 32 lower-case hex characters. Public, only writes.</summary>
    MixpanelToken = 1,

    /// <summary>An Amplitude API key: 32 lower-case hex characters. Public, only writes.</summary>
    AmplitudeApiKey = 2,

    /// <summary>A Segment write key: 32 letters and digits. Public, only writes.</summary>
    SegmentWriteKey = 3,

    /// <summary>A secret of a project: alone Mixpanel's project secret, with an API key Amplitude's secret key.</summary>
    ApiSecret = 4,

    /// <summary>A name and a secret with a role.</summary>
    ServiceAccount = 5,

    /// <summary>The key to the whole deployment.</summary>
    AdminKey = 6,
}

/// <summary>How each kind looks.</summary>
/// <remarks>Source: Mixpanel's "Authentication" reference; Amplitude's "HTTP V2 API"; the tools of both check for 32 characters.</remarks>
public static class KeyKinds
{
    /// <summary>Characters of every write token.</summary>
    public const int TokenLength = 32;

    public static bool IsWriteToken(this KeyKind kind) => kind is KeyKind.MixpanelToken or KeyKind.AmplitudeApiKey or KeyKind.SegmentWriteKey;

    /// <summary>Whether a token that somebody brings along can be of this kind.</summary>
    public static bool IsWellFormed(this KeyKind kind, string token) => token.Length == TokenLength
        && (kind is KeyKind.SegmentWriteKey ? token.All(char.IsAsciiLetterOrDigit) : token.All(char.IsAsciiHexDigitLower));

    /// <summary>Whether it can be a token of any kind; what can't be needs no look-up.</summary>
    internal static bool MayBeToken(ReadOnlySpan<byte> utf8Text)
    {
        if (utf8Text.Length != TokenLength) return false;
        foreach (var character in utf8Text)
        {
            if (!char.IsAsciiLetterOrDigit((char)character)) return false;
        }
        return true;
    }
}
