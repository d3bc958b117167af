namespace Cairn.Query.Filters;

/// <summary>Patterns in which <c>*</c> stands for any characters, none included. Case counts.</summary>
/// <remarks>Source: Amplitude docs, "Filter your analysis": "glob match" with <c>*</c>.</remarks>
static class Globs
{
    /// <summary>Whether the whole text fits; linear in the text for each star, no backtracking past one.</summary>
    public static bool Matches(string text, string pattern)
    {
        int at = 0, next = 0, starAt = -1, resumeAt = 0;
        while (at < text.Length)
        {
            if (next < pattern.Length && pattern[next] == '*') { starAt = next++; resumeAt = at; }
            else if (next < pattern.Length && pattern[next] == text[at]) { next++; at++; }
            else if (starAt >= 0) { next = starAt + 1; at = ++resumeAt; }
            else return false;
        }
        while (next < pattern.Length && pattern[next] == '*') next++;
        return next == pattern.Length;
    }
}
