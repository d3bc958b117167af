using System.Text;
using Cairn.Functions;
using Xunit;

namespace Cairn.Behaviour.Functions;

public sealed class Drawing_a_progress_line : IDisposable
{
    readonly StringWriter sent = new() { NewLine = "\n" };
    readonly ProgressLine line;

    public Drawing_a_progress_line() => line = new(sent) { NewLine = "\n" };

    public void Dispose()
    {
        line.Dispose();
        sent.Dispose();
    }

    [Fact]
    public void Leaves_one_line_however_often_it_is_drawn()
    {
        line.Draw("[....] 0 %");
        line.Draw("[##..] 50 %");
        line.Draw("[####]");
        Assert.Equal(["[####]"], Screen());
    }

    [Fact]
    public void Keeps_what_others_write_above_it_each_line_whole()
    {
        line.WriteLine("Cairn is listening");
        line.Draw("[#...] 25 %");
        line.Write("info: 88,469 rows appended\n");
        line.Write("info: Persons were made anew\n");
        Assert.Equal(["Cairn is listening", "info: 88,469 rows appended", "info: Persons were made anew", "[#...] 25 %"], Screen());
        line.Draw("[##..] 50 %");
        line.WriteLine("warn: once more");
        Assert.Equal(["Cairn is listening", "info: 88,469 rows appended", "info: Persons were made anew", "warn: once more", "[##..] 50 %"], Screen());
    }

    [Fact]
    public void Waits_for_the_end_of_a_line_that_comes_in_pieces()
    {
        line.Draw("[#...] 25 %");
        line.Write("warn: ");
        line.Write('a');
        line.Write(" torn file".ToCharArray());
        Assert.Equal(["warn: a torn file"], Screen());
        line.WriteLine();
        Assert.Equal(["warn: a torn file", "[#...] 25 %"], Screen());
    }

    [Fact]
    public void Stays_where_it_is_at_its_end()
    {
        line.Draw("[####] 100 %");
        line.End();
        line.WriteLine("The demo is in.");
        Assert.Equal(["[####] 100 %", "The demo is in.", ""], Screen());
        line.End();
        Assert.Equal(["[####] 100 %", "The demo is in.", ""], Screen());
    }

    /// <summary>What a terminal shows of what was sent: a carriage return goes back, an erase takes the rest of the line away.</summary>
    string[] Screen()
    {
        var lines = new List<StringBuilder> { new() };
        var column = 0;
        var text = sent.ToString();
        for (var i = 0; i < text.Length; i++)
        {
            var last = lines[^1];
            if (text[i] == '\n')
            {
                lines.Add(new());
                column = 0;
            }
            else if (text[i] == '\r') column = 0;
            else if (text.AsSpan(i).StartsWith("\u001b[K"))
            {
                last.Length = column;
                i += 2;
            }
            else
            {
                if (column < last.Length) last[column] = text[i];
                else last.Append(text[i]);
                column++;
            }
        }
        return [.. lines.Select(one => one.ToString())];
    }
}
