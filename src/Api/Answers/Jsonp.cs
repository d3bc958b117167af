using System.Text;
using Microsoft.AspNetCore.Http;

namespace Cairn.Api.Answers;

/// <summary>Wraps a JSON answer in a call of the page's own function: how pages of other origins read answers before CORS.</summary>
/// <remarks>Source: Mixpanel's query API reference, <c>callback</c>.</remarks>
public static class Jsonp
{
    /// <summary>The answer itself where no usable callback is named, or where it is no JSON.</summary>
    public static IResult Wrap(string? callback, IResult answer) =>
        callback is not null && IsName(callback) && answer is JsonAnswer json
            ? new TextAnswer("application/javascript; charset=utf-8", $"{callback}({Safe(Encoding.UTF8.GetString(json.Bytes.Span))})")
            : answer;

    /// <summary>Letters, digits, dots and what else names a function: nothing that could be a script of its own.</summary>
    static bool IsName(string callback) =>
        callback.Length is > 0 and <= 200 && callback.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '$' or '.' or '[' or ']');

    /// <summary>Two line separators that JSON allows in texts and old JavaScript does not.</summary>
    static string Safe(string json) => json.Replace("\u2028", "\\u2028", StringComparison.Ordinal).Replace("\u2029", "\\u2029", StringComparison.Ordinal);
}
