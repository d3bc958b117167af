using System.Globalization;
using Cairn.Query.Definitions;
using NodaTime;

namespace Cairn.Api.V1.Query;

/// <summary>A bucket's name: the local time it begins at, a day without its time.</summary>
static class BucketText
{
    public static string Of(LocalDateTime start, TimeUnit unit) =>
        start.ToString(unit < TimeUnit.Day ? "uuuu-MM-dd'T'HH:mm" : "uuuu-MM-dd", CultureInfo.InvariantCulture);
}
