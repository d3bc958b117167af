using System.Globalization;
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
    public async Task Give_the_rows_of_a_file_in_its_order()
    {
        using var folder = new TemporaryFolder();
        // Thirty row groups, of which two and more are decoded at once.
        await Judge.DuckDb.RunAsync($"copy (select i, hash(i)::varchar as text from range(61440) t(i)) to '{folder["rows.parquet"]}' (format parquet, row_group_size 2048)");
        var asked = Enumerable.Repeat($"select i from file('{folder["rows.parquet"]}', Parquet)", 12);
        var expected = Enumerable.Range(0, 61440).Select(i => i.ToString(CultureInfo.InvariantCulture)).ToList();
        foreach (var answer in await Judge.ClickHouse.AskAsync(asked)) Assert.Equal(expected, answer.Lines());
    }

    [Fact]
    public async Task Say_what_was_wrong_with_a_question()
    {
        var fault = await Assert.ThrowsAsync<NodeToolException>(() => Judge.DuckDb.AskAsync("select no_such_column"));
        Assert.Contains("no_such_column", fault.Message, StringComparison.Ordinal);
    }
}
