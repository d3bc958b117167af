using Cairn.Support;
using Xunit;

namespace Cairn.Behaviour.Support;

public class The_judges
{
    [Fact]
    public async Task Answer_whatever_is_asked_of_DuckDb() =>
        Assert.Equal(["9007199254740993|0.5|ä|∅"], (await Judge.DuckDb.AskAsync("select 9007199254740993::bigint, 0.5::double, 'ä', null")).Lines());

    [Fact]
    public async Task Answer_whatever_is_asked_of_ClickHouse() =>
        Assert.Equal(["9007199254740993|0.5|ä|∅"], (await Judge.ClickHouse.AskAsync("select toInt64(9007199254740993), 0.5, 'ä', null")).Lines());

    [Fact]
    public async Task Say_what_was_wrong_with_a_question()
    {
        var fault = await Assert.ThrowsAsync<NodeToolException>(() => Judge.DuckDb.AskAsync("select no_such_column"));
        Assert.Contains("no_such_column", fault.Message, StringComparison.Ordinal);
    }
}
