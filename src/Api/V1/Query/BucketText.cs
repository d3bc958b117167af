using System.Globalization;
using Cairn.Query.Definitions;
using NodaTime;
using NodaTime.Text;

namespace Cairn.Api.V1.Query;

/// <summary>A bucket's name: the local time it begins at, a day without its time.</summary>
static class BucketText
{
    static readonly LocalDateTimePattern MinutePattern = LocalDateTimePattern.CreateWithInvariantCulture("uuuu-MM-dd'T'HH:mm");

    /// <summary>A bucket that a question names; null where absent or wrong.</summary>
    public static LocalDateTime? Read(DefinitionFields fields, string name)
    {
        const string valid = "a bucket as the answer names it: 2025-06-01 or 2025-06-01T08:00";
        if (fields.Text(name, valid) is not { } text) return null;
        if (LocalDatePattern.Iso.Parse(text) is { Success: true } date) return date.Value.AtMidnight();
        if (MinutePattern.Parse(text) is { Success: true } minute) return minute.Value;
        fields.Fail(name, $"'{text}' is no bucket.", valid);
        return null;
    }

    public static string Of(LocalDateTime start, TimeUnit unit) =>
        start.ToString(unit < TimeUnit.Day ? "uuuu-MM-dd'T'HH:mm" : "uuuu-MM-dd", CultureInfo.InvariantCulture);
}
