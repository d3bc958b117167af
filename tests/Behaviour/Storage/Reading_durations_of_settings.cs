using Cairn.Storage;
using Xunit;

namespace Cairn.Behaviour.Storage;

public class Reading_durations_of_settings
{
    [Theory]
    [InlineData("00:01:00", 60)]
    [InlineData("00:00:00", 0)]
    [InlineData("7.00:00:00", 7 * 86_400)]
    [InlineData("00:00:00.5", 0.5)]
    public void Hours_minutes_and_seconds_are_all_there(string text, double seconds) => Assert.Equal(seconds, DurationText.Parse("Some__Setting", text).TotalSeconds);

    [Theory]
    [InlineData("10")] // ten days to .NET
    [InlineData("10:30")] // hours and minutes, or minutes and seconds?
    [InlineData("-00:01:00")]
    [InlineData("00:61:00")]
    [InlineData("1 minute")]
    [InlineData("")]
    public void Anything_else_is_refused_by_the_settings_name(string text) =>
        Assert.Contains("Some__Setting", Assert.Throws<FormatException>(() => DurationText.Parse("Some__Setting", text)).Message, StringComparison.Ordinal);
}
