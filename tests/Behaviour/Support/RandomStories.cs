using System.Runtime.CompilerServices;
using Cairn.Support;
using FsCheck;
using FsCheck.Fluent;

namespace Cairn.Behaviour.Support;

/// <summary>Properties over stories that FsCheck makes up; a failure prints the seed and the smallest story.</summary>
static class RandomStories
{
    /// <summary>Fails where one story breaks the property; a full run tells more stories and keeps how many.</summary>
    public static void Hold(this Property property, object suite, int everyRun, int full, [CallerMemberName] string test = "")
    {
        var count = FullRun.Count(everyRun, full);
        property.Check(Config.QuickThrowOnFailure.WithMaxTest(count));
        FullRun.Keep(suite, $"{count:N0} random stories, none that broke it", test);
    }
}
