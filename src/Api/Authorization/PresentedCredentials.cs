using System.Text;
using Microsoft.AspNetCore.Http;

namespace Cairn.Api.Authorization;

/// <summary>What a request shows to say who asks.</summary>
public abstract record PresentedCredentials
{
    /// <summary>User and password, as HTTP Basic carries them; a project secret is a user with an empty password.</summary>
    public sealed record Basic(string User, string Password) : PresentedCredentials;

    /// <summary>A bearer text: the admin key or a session.</summary>
    public sealed record Bearer(string Text) : PresentedCredentials;

    /// <summary>The session of our own pages.</summary>
    public sealed record Cookie(string Session) : PresentedCredentials;

    /// <summary>The cookie of our own pages; made by signing in, never readable by scripts.</summary>
    public const string CookieName = "cairn_session";

    /// <summary>Longer headers hold no credentials of ours, and none is decoded.</summary>
    const int MaxHeaderLength = 4096;

    static readonly UTF8Encoding Utf8 = new(false, throwOnInvalidBytes: true);

    /// <summary>Null where the request shows nothing. A header goes before the cookie.</summary>
    /// <remarks>
    /// As lenient as the vendors are with what their tools send: a Basic text without a colon is a project secret (tap-mixpanel), one that is no base64 but
    /// holds a colon is taken as it stands, and <c>Api-Key</c> carries a secret alone (Amplitude's User Profile API).
    /// </remarks>
    public static PresentedCredentials? Of(HttpRequest request)
    {
        string? header = request.Headers.Authorization;
        if (!string.IsNullOrWhiteSpace(header)) return header.Length > MaxHeaderLength ? new Bearer("") : OfHeader(header.Trim());
        return request.Cookies.TryGetValue(CookieName, out var session) && session.Length is > 0 and <= MaxHeaderLength ? new Cookie(session) : null;
    }

    static PresentedCredentials OfHeader(string header)
    {
        var space = header.IndexOf(' ', StringComparison.Ordinal);
        if (space < 0) return new Bearer("");
        var (scheme, text) = (header[..space], header[(space + 1)..].Trim());
        if (scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase)) return OfBasic(Decode(text) ?? text);
        if (scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase)) return new Bearer(text);
        if (scheme.Equals("Api-Key", StringComparison.OrdinalIgnoreCase)) return new Basic(text, "");
        // Some scheme that nothing here knows: shown, and wrong.
        return new Bearer("");
    }

    static Basic OfBasic(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? new Basic(text, "") : new Basic(text[..colon], text[(colon + 1)..]);
    }

    /// <summary>Base64 in either alphabet, with or without padding; null where it is none.</summary>
    static string? Decode(string text)
    {
        var plain = text.TrimEnd('=').Replace('-', '+').Replace('_', '/');
        try
        {
            return Utf8.GetString(Convert.FromBase64String(plain.PadRight((plain.Length + 3) / 4 * 4, '=')));
        }
        catch (Exception e) when (e is FormatException or DecoderFallbackException)
        {
            return null;
        }
    }
}
