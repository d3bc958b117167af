using System.Globalization;
using System.IO.Hashing;
using System.Text;

namespace Cairn.Api.Amplitude;

/// <summary>The number that stands for a person in Amplitude's APIs.</summary>
/// <remarks>
/// 52 bits of XXH3 of the person's canonical id: the same for as long as that id is, and exact in JavaScript. Two of a million persons
/// share one by chance once in ten thousand projects.
/// </remarks>
static class AmplitudeId
{
    public static long Of(string person) => (long)(XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(person)) >> 12);

    public static bool TryParse(string text, out long id) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out id);
}
