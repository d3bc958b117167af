namespace Cairn.Query.ClickHouse;

/// <summary>ClickHouse could not be asked, or said that it failed.</summary>
/// <param name="code">ClickHouse's number of the error; 0 where it said none.</param>
/// <param name="isPassing">Whether it may be otherwise in a moment: it is away, out of memory, or too busy.</param>
sealed class ClickHouseException(string message, int code, bool isPassing, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Too many queries at once, a time-out, and out of memory.</summary>
    /// <remarks>Source: ClickHouse's src/Common/ErrorCodes.cpp.</remarks>
    static readonly HashSet<int> PassingCodes = [159, 160, 202, 209, 210, 241, 394];

    public int Code { get; } = code;

    public bool IsPassing { get; } = isPassing;

    /// <summary>What a server's text of an error says; its own words are cut where a statement would follow.</summary>
    public static ClickHouseException Of(string text, int status)
    {
        var match = System.Text.RegularExpressions.Regex.Match(text, @"Code: (\d+)");
        var code = match.Success ? int.Parse(match.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture) : 0;
        // The names of errors stand between brackets at the end: what comes before may quote values of people's data.
        var name = System.Text.RegularExpressions.Regex.Match(text, @"\(([A-Z_]+)\)");
        return new($"ClickHouse answered error {code}{(name.Success ? $" ({name.Groups[1].Value})" : "")}, HTTP status {status}", code, PassingCodes.Contains(code) || status >= 500 && code == 0);
    }
}
