using System.Globalization;

namespace Cairn.Storage;

/// <summary>Durations in settings: hours, minutes and seconds, always all three, with days before them where there are any.</summary>
/// <remarks><c>00:01:00</c>, <c>7.00:00:00</c>. .NET would read a lone <c>10</c> as ten days.</remarks>
public static class DurationText
{
    static readonly string[] Forms = ["hh\\:mm\\:ss", "hh\\:mm\\:ss\\.FFFFFFF", "d\\.hh\\:mm\\:ss", "d\\.hh\\:mm\\:ss\\.FFFFFFF"];

    /// <param name="setting">Its name, as in the environment.</param>
    /// <exception cref="FormatException">It is none; the message names the setting.</exception>
    public static TimeSpan Parse(string setting, string text) =>
        TimeSpan.TryParseExact(text, Forms, CultureInfo.InvariantCulture, out var duration)
            ? duration
            : throw new FormatException($"The setting {setting} is '{text}', which is no duration: hours, minutes and seconds as 00:01:00, with days as 7.00:00:00");
}
