using IncidentDesk.Import;

namespace IncidentDesk.Tests.Import;

/// <summary>Tickets of one building are found together however the address was typed; of two buildings never.</summary>
public sealed class BuildingKeyTests
{
    [Theory]
    [InlineData("新市路56号", "新市路56号")]
    [InlineData("新市路56号406房", "新市路56号")]
    [InlineData("新市路56号 406", "新市路56号")]
    [InlineData(" 新市路 56 号 ", "新市路56号")]
    [InlineData("新市路５６号４０６房", "新市路56号")]
    [InlineData("新市路\u300056号\t2单元301室", "新市路56号")]
    [InlineData("新市路56号之二", "新市路56号之二")]
    [InlineData("新市路56号之二302房", "新市路56号之二")]
    [InlineData("新市路56号之12", "新市路56号之12")]
    [InlineData("新市路56A号", "新市路56A号")]
    [InlineData("新市路５６Ａ号１０１", "新市路56A号")]
    [InlineData("鹤龙一路3巷12号B栋", "鹤龙一路3巷12号")]
    [InlineData("人和村公寓", "人和村公寓")]
    [InlineData("人和村公寓302房", "人和村公寓")]
    [InlineData("人和村公寓A302室", "人和村公寓")]
    [InlineData("人和村公寓 ３０２ 房", "人和村公寓")]
    [InlineData("人和村公寓2单元", "人和村公寓")]
    [InlineData("石井大朗村Ｂ栋３０２房", "石井大朗村B栋")]
    [InlineData("", "")]
    public void The_key_is_town_street_and_plate(string address, string expected) =>
        Assert.Equal("440111011 " + expected, BuildingKey.Of("440111011", address));

    [Theory]
    [InlineData("新市路56号", "新市路56号之二")]
    [InlineData("新市路56号", "新市路5号6房")]
    [InlineData("新市路56号", "新市路56A号")]
    [InlineData("新市路56号", "新石路56号")]
    [InlineData("3巷12号", "2巷12号")]
    public void Two_buildings_have_two_keys(string one, string other) =>
        Assert.NotEqual(BuildingKey.Of("440111011", one), BuildingKey.Of("440111011", other));

    [Fact]
    public void The_same_address_in_two_towns_is_two_buildings() =>
        Assert.NotEqual(BuildingKey.Of("440111011", "新市路56号"), BuildingKey.Of("440111012", "新市路56号"));
}
